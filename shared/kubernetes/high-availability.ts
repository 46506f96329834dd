import * as z from 'zod';

import type { StoredCheckpoints } from '#shared/clusters/model/kubernetes.ts';
import { getJobDataName } from '#shared/flink/names.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { Metadata } from '#shared/kubernetes/api/objects.ts';
import { objectPath } from '#shared/kubernetes/api/paths.ts';

const ConfigMap = z.object({ metadata: Metadata, data: z.record(z.string(), z.unknown()).nullish() });

/** A key has so many digits that the order of keys is that of numbers. */
const checkpointKey = /^checkpointID-(\d{19})$/;

/**
 * The checkpoints that Flink has stored for a job; see the port.
 *
 * @see Flink 2.2 `KubernetesCheckpointStoreUtil`, `DefaultCompletedCheckpointStore`: savepoints are not stored, and the snapshot
 *   that a job starts from is.
 */
export const findStoredCheckpoints = async (
  clusterId: string,
  jobId: string,
  { client, target }: Api,
): Promise<StoredCheckpoints | undefined> => {
  const path = objectPath('ConfigMap', target.namespace, getJobDataName(clusterId, jobId));
  const found = await client.get(path, ConfigMap);
  if (found === undefined || found.metadata.ownerReferences.length > 0) return undefined;
  const numbers = Object.keys(found.data ?? {})
    .map((key) => Number(checkpointKey.exec(key)?.[1]))
    .filter(Number.isSafeInteger);
  return { last: numbers.length === 0 ? undefined : Math.max(...numbers) };
};
