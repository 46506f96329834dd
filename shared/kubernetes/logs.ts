import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';
import { getJobManagerLabels, toLabelSelector } from '#shared/flink/names.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { AnyObject } from '#shared/kubernetes/api/objects.ts';
import { collectionPath, objectPath } from '#shared/kubernetes/api/paths.ts';

/** The answer is held in memory, and lines may be long. */
const maxLogBytes = 1_000_000;

/** The last lines of the newest JobManager's log; see the port. */
export const readLog = async (
  clusterId: string,
  { lines, previous = false }: { readonly lines: number; readonly previous?: boolean },
  { client, target: { namespace } }: Api,
): Promise<string | undefined> => {
  const query = { labelSelector: toLabelSelector(getJobManagerLabels(clusterId)) };
  const pods = await client.list(collectionPath('Pod', namespace), AnyObject, query);
  const [newest] = pods.toSorted((a, b) => getCreationMs(b) - getCreationMs(a));
  if (newest === undefined) return undefined;
  const parameters = new URLSearchParams({
    container: mainContainerName,
    tailLines: String(lines),
    limitBytes: String(maxLogBytes),
    previous: String(previous),
  });
  const path = `${objectPath('Pod', namespace, newest.metadata.name)}/log?${parameters.toString()}`;
  // 400: the container has not started, or there is no previous one.
  const { status, body } = await client.send({ method: 'GET', path, expected: [400, 404] });
  return status === 200 && typeof body === 'string' ? body : undefined;
};

const getCreationMs = ({ metadata: { creationTimestamp = '' } }: AnyObject): number =>
  Date.parse(creationTimestamp) || 0;
