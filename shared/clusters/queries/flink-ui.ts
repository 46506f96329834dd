import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import { hasIncarnation, mayAnswer } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { maskFlinkJson, withoutActions } from '#shared/clusters/model/mask-flink.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { getRestServiceName } from '#shared/flink/names.ts';
import { isSuccess, newRestFault, toStatusFault } from '#shared/flink/rest/transport/faults.ts';
import { answerTooLarge, type RestResponse } from '#shared/flink/rest/transport/transport.ts';
import { parseUiPath, parseUiQuery, type UiPath } from '#shared/flink/rest/ui-paths.ts';

import { maxAnswerBytes } from './answer-size.ts';

/** A request for a part of Flink's web UI. */
interface UiRequest {
  readonly cluster: ClusterRef;
  /** Below the root of the UI, as the caller wrote it. */
  readonly path: string;
  /** Without the question mark, as the caller wrote it. */
  readonly query: string;
}

/** What the API passes of an answer. The headers of the JobManager are not part of it. */
export interface UiAnswer {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/**
 * A file of Flink's web UI, or what the UI reads, without secrets.
 *
 * @throws Fault `flink-path-refused` for anything else.
 * @throws Fault `flink-ui-disabled` by the policy of the target.
 * @throws Fault `not-ready` or `wrong-state` for a cluster without a JobManager.
 * @throws Fault `answer-too-large`, and those of Flink's transport.
 */
export const readFlinkUi = async ({ cluster: clusterRef, path, query }: UiRequest, ports: Ports): Promise<UiAnswer> => {
  const uiPath = parseUiPath(path);
  const search = parseUiQuery(query);
  const [{ value: cluster }, target] = await Promise.all([
    getCluster(clusterRef, ports.store),
    ports.targets.get(clusterRef.target),
  ]);
  assertAllowed(target);
  assertAnswering(cluster);
  const response = await request(cluster, { uiPath, search, target }, ports);
  return { contentType: uiPath.contentType, body: toBody(response, uiPath, cluster) };
};

const assertAllowed = ({ name, policy }: NamedTarget): void => {
  if (policy.flinkUi) return;
  throw new Fault(
    'flink-ui-disabled',
    `The policy of target ${name} has flinkUi: false. Use drey describe, drey list and drey logs, or ask an operator of the target.`,
  );
};

const assertAnswering = (cluster: Cluster): void => {
  const { clusterId, target, state, updatedAt } = cluster;
  if (!hasIncarnation(cluster))
    throw new Fault(
      'wrong-state',
      `Cluster ${clusterId} in target ${target} is ${state} since ${updatedAt}. Flink's web UI ended with its JobManager. See drey describe ${clusterId}.`,
    );
  if (mayAnswer(cluster)) return;
  const message = `Cluster ${clusterId} in target ${target} is ${state}, and has no JobManager yet. Retry when it is RUNNING.`;
  throw new Fault('not-ready', message, { retryAfterSeconds: 5 });
};

interface Located {
  readonly uiPath: UiPath;
  readonly search: string;
  readonly target: NamedTarget;
}

const request = async (
  { clusterId }: Cluster,
  { uiPath: { path, content }, search, target }: Located,
  ports: Ports,
): Promise<RestResponse> => {
  try {
    return await ports.kubernetes(target).flink(clusterId)({
      method: 'GET',
      path: search === '' ? path : `${path}?${search}`,
      maxAnswerBytes,
      ...(content === 'json' ? {} : { asBytes: true }),
    });
  } catch (error) {
    if (!(error instanceof Fault && error.reason === answerTooLarge)) throw error;
    throw newTooLargeFault(path, { clusterId, target: target.name, bytes: readBytes(error.cause) });
  }
};

const readBytes = (cause: unknown): number =>
  typeof cause === 'object' && cause !== null && 'bytes' in cause ? Number(cause.bytes) : Number.NaN;

interface LargeAnswer {
  readonly clusterId: string;
  readonly target: string;
  /** Not finite where the size is not known. */
  readonly bytes: number;
}

/** @param path For the message. */
export const newTooLargeFault = (path: string, { clusterId, target, bytes }: LargeAnswer): Fault => {
  const limit = `${maxAnswerBytes / 1_000_000} MB`;
  const size = Number.isFinite(bytes)
    ? `has ${(bytes / 1_000_000).toFixed(1)} MB, more than ${limit}`
    : `has more than ${limit}`;
  return new Fault(
    'answer-too-large',
    `The answer to ${path} of cluster ${clusterId} ${size}, the limit of the API. Run drey logs ${clusterId} -n 1000, or kubectl port-forward service/${getRestServiceName(clusterId)} 8081 in the namespace of target ${target}, and open http://localhost:8081.`,
  );
};

/** Flink answers with 500 for some paths of a TaskManager that it does not have. */
const isUnknownTaskManager = ({ status, body }: RestResponse): boolean =>
  status === 500 && JSON.stringify(body).includes('UnknownTaskExecutorException');

/** @throws Fault by the status, or `target-refused` when the body is not JSON where Flink has JSON. */
const toBody = (response: RestResponse, { path, content }: UiPath, { clusterId }: Cluster): UiAnswer['body'] => {
  if (response.status === 404 || isUnknownTaskManager(response))
    throw newRestFault('not-found', response, `Flink of cluster ${clusterId} has no ${path}`);
  if (response.status === 503)
    throw newRestFault('not-ready', response, `Cluster ${clusterId} has no leading JobManager`);
  if (!isSuccess(response)) throw toStatusFault(response, `GET ${path}`);
  const { body } = response;
  if (content === 'json' && typeof body === 'object') {
    const masked = maskFlinkJson(body);
    return JSON.stringify(path === '/v1/config' ? withoutActions(masked) : masked);
  }
  if (content !== 'json' && body instanceof Uint8Array) return body;
  throw new Fault('target-refused', `The answer to GET ${path} does not have the form of Flink's REST API.`);
};
