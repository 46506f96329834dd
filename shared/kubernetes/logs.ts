import type { LogOptions } from '#shared/clusters/ports/kubernetes.ts';
import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';
import { getJobManagerLabels, toLabelSelector } from '#shared/flink/names.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { AnyObject } from '#shared/kubernetes/api/objects.ts';
import { collectionPath, objectPath } from '#shared/kubernetes/api/paths.ts';

/** The answer is held in memory, and lines may be long. */
const maxLogBytes = 1_000_000;

/** The last lines of the log of a pod; see the port. */
export const readLog = async (
  clusterId: string,
  { lines, previous = false, pod, container = mainContainerName, waitForEndMs }: LogOptions,
  api: Api,
): Promise<string | undefined> => {
  const { client, target } = api;
  const name = pod ?? (await findNewestJobManager(clusterId, api));
  if (name === undefined) return undefined;
  const parameters = new URLSearchParams({
    container,
    tailLines: String(lines),
    limitBytes: String(maxLogBytes),
    previous: String(previous),
    ...(waitForEndMs === undefined ? {} : { follow: 'true' }),
  });
  const path = `${objectPath('Pod', target.namespace, name)}/log?${parameters.toString()}`;
  // 400: the container has not started, or there is no previous one.
  const { status, body } = await client.send({
    method: 'GET',
    path,
    expected: [400, 404],
    ...(waitForEndMs === undefined ? {} : { timeoutMs: waitForEndMs, repeatable: false }),
  });
  return status === 200 && typeof body === 'string' ? body : undefined;
};

const findNewestJobManager = async (
  clusterId: string,
  { client, target: { namespace } }: Api,
): Promise<string | undefined> => {
  const query = { labelSelector: toLabelSelector(getJobManagerLabels(clusterId)) };
  const pods = await client.list(collectionPath('Pod', namespace), AnyObject, query);
  return pods.toSorted((a, b) => getCreationMs(b) - getCreationMs(a))[0]?.metadata.name;
};

const getCreationMs = ({ metadata: { creationTimestamp = '' } }: AnyObject): number =>
  Date.parse(creationTimestamp) || 0;
