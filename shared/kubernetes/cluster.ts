import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import { getDeploymentName, getJobManagerLabels, getRestServiceName, toLabelSelector } from '#shared/flink/names.ts';
import type { Transport } from '#shared/flink/rest/transport.ts';
import { urlPath } from '#shared/flink/rest/url-path.ts';

import { apply, dryRun } from './apply.ts';
import { type Client, clientOf } from './client.ts';
import type { Access } from './credentials.ts';
import { AnyObject } from './objects.ts';
import { deployments, flinkObjects, observe, pods } from './observe.ts';
import { collectionPath, objectPath } from './paths.ts';
import { deleteConfigMaps, deleteDeployment, deleteObject, remaining } from './remove.ts';
import { refusalOf, statusOf } from './status.ts';

/** One target's Kubernetes, by its API server. */
export const kubernetesOf = (
  target: NamedTarget,
  access: Access,
  signal: AbortSignal,
  client: Client = clientOf(target, access, signal),
): Kubernetes => ({
  locate: async () => void (await access.open(target, signal)),
  apply: (manifests, operationId) => apply(manifests, operationId, { client, target }),
  dryRun: (manifests) => dryRun(manifests, { client, target }),
  observe: (clusterId) => observe(clusterId, client, target),
  deployments: () => deployments(client, target),
  pods: () => pods(client, target),
  remove: (clusterId, uid) => deleteDeployment({ name: getDeploymentName(clusterId), uid }, client, target),
  remaining: (clusterId) => remaining(clusterId, client, target),
  removeConfigMaps: (names) => deleteConfigMaps(names, client, target),
  flinkObjects: () => flinkObjects(client, target),
  removeObject: (object) => deleteObject(object, client, target),
  logs: (clusterId, options) => logs(clusterId, options, client, target),
  flink: (clusterId) => flinkTransport(clusterId, client, target),
});

/** Lines may be long; the answer is held in memory. */
const mostLogBytes = 1_000_000;

const logs = async (
  clusterId: string,
  { lines, previous = false }: { readonly lines: number; readonly previous?: boolean },
  client: Client,
  { namespace }: NamedTarget,
): Promise<string | undefined> => {
  const query = { labelSelector: toLabelSelector(getJobManagerLabels(clusterId)) };
  const pods = await client.list(collectionPath('Pod', namespace), AnyObject, query);
  const [newest] = pods.toSorted((one, other) => createdMs(other) - createdMs(one));
  if (newest === undefined) return undefined;
  const parameters = new URLSearchParams({
    container: 'flink-main-container',
    tailLines: String(lines),
    limitBytes: String(mostLogBytes),
    previous: String(previous),
  });
  const path = `${objectPath('Pod', namespace, newest.metadata.name)}/log?${parameters.toString()}`;
  // 400: its container has not started, or none came before it.
  const { status, body } = await client.send({ method: 'GET', path, expected: [400, 404] });
  return status === 200 && typeof body === 'string' ? body : undefined;
};

const createdMs = ({ metadata: { creationTimestamp = '' } }: AnyObject) => Date.parse(creationTimestamp) || 0;

/** Every status, because the caller tells Flink's refusals from the API server's. */
const flinkStatuses = Array.from({ length: 300 }, (_, index) => 300 + index).filter((status) => status !== 401);

/**
 * Flink's REST API behind the service proxy. The API server tells of a missing Service or pod with an object of kind
 * Status; whatever else comes is Flink's.
 */
const flinkTransport =
  (clusterId: string, client: Client, target: NamedTarget): Transport =>
  async (request) => {
    const service = urlPath`/api/v1/namespaces/${target.namespace}/services/${getRestServiceName(clusterId)}`;
    const path = `${service}:rest/proxy${request.path}`;
    const repeatable = request.method !== 'POST';
    const answer = await client.send({ ...request, path, repeatable, expected: flinkStatuses });
    const isText = typeof answer.body === 'string';
    const status = statusOf(answer);
    if (status === undefined && !(isText && answer.status >= 500)) return { status: answer.status, body: answer.body };
    const options = { cause: answer.body };
    if (answer.status === 404)
      throw new Fault('not-found', `there is no Flink cluster ${clusterId} in namespace ${target.namespace}`, options);
    if (answer.status < 500) throw refusalOf(answer, target);
    throw new Fault('target-unreachable', `no JobManager of cluster ${clusterId} answers yet, or none any more`, {
      ...options,
      retryAfterSeconds: 2,
    });
  };
