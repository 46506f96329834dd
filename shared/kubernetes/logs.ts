import type { LogOptions } from '#shared/clusters/ports/kubernetes.ts';
import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import type { Pod } from '#shared/kubernetes/api/objects.ts';
import { objectPath } from '#shared/kubernetes/api/paths.ts';

import { findPods } from './observe.ts';

/** The answer is held in memory, and lines may be long. */
const defaultMaxBytes = 1_000_000;
/** Above the size that is asked for, which an API server may exceed or not heed. Its refusals are small. */
const marginBytes = 100_000;

/**
 * The last lines of the log of a pod; see the port. The log is read while the API server is asked whose pod it is, because
 * Flink removes the pods of TaskManagers that ended.
 */
export const readLog = async (
  clusterId: string,
  { pod, ...options }: LogOptions,
  api: Api,
): Promise<string | undefined> => {
  if (pod !== undefined) {
    const [{ pods }, log] = await Promise.all([findPods(clusterId, api, pod), readPodLog(pod, options, api)]);
    return pods.some(({ metadata }) => metadata.name === pod) ? log : undefined;
  }
  const newest = (await findPods(clusterId, api)).pods
    .filter(({ metadata: { labels } }) => labels?.['component'] === 'jobmanager')
    .toSorted((a, b) => getCreationMs(b) - getCreationMs(a))[0];
  return newest === undefined ? undefined : readPodLog(newest.metadata.name, options, api);
};

const readPodLog = async (
  name: string,
  options: Omit<LogOptions, 'pod'>,
  { client, target }: Api,
): Promise<string | undefined> => {
  const { lines, maxBytes = defaultMaxBytes, sinceSeconds, timestamps = false, waitForEndMs } = options;
  const { container = mainContainerName, previous = false } = options;
  const parameters = new URLSearchParams({
    container,
    tailLines: String(lines),
    limitBytes: String(maxBytes),
    previous: String(previous),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds: String(sinceSeconds) }),
    ...(timestamps ? { timestamps: 'true' } : {}),
    ...(waitForEndMs === undefined ? {} : { follow: 'true' }),
  });
  const path = `${objectPath('Pod', target.namespace, name)}/log?${parameters.toString()}`;
  // 400: the container has not started, or there is no previous one.
  const { status, body } = await client.send({
    method: 'GET',
    path,
    expected: [400, 404],
    maxAnswerBytes: maxBytes + marginBytes,
    ...(waitForEndMs === undefined ? {} : { timeoutMs: waitForEndMs, repeatable: false }),
  });
  return status === 200 && typeof body === 'string' ? body : undefined;
};

const getCreationMs = ({ metadata: { creationTimestamp = '' } }: Pod): number => Date.parse(creationTimestamp) || 0;
