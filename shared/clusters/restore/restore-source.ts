import pMap from 'p-map';

import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import { isTerminalOperation, type RestoredJob } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/** How many operations are read at the same time. */
export const maxConcurrency = 16;

/**
 * The deploy of the incarnation that a session is restored from: the last one that had a job, or the current one if it
 * was to restore jobs. Other incarnations without a job are skipped, because the ones before them have the last state.
 *
 * @throws Fault `not-ready` while the jobs of that incarnation are being restored.
 */
export const findSourceDeploy = async (
  cluster: Cluster | undefined,
  jobs: readonly Job[],
  store: Store,
): Promise<StoredOperation | undefined> => {
  const [current, last] = await Promise.all(
    [cluster?.operationId ?? '', jobs.at(-1)?.clusterOperationId ?? ''].map(
      async (id) => (await store.operation(id))?.value,
    ),
  );
  for (const deploy of [current, last]) await assertRestoreFinished(deploy, store);
  return current?.state === 'SUCCEEDED' && current.restoredJobs !== undefined ? current : last;
};

/** @throws Fault `not-ready` */
const assertRestoreFinished = async (deploy: StoredOperation | undefined, store: Store): Promise<void> => {
  if (deploy?.restoredJobs === undefined) return;
  const submits = await readSubmits(deploy.restoredJobs, store);
  const open = isTerminalOperation(deploy)
    ? submits.find((submit) => submit !== undefined && !isTerminalOperation(submit))
    : deploy;
  if (open === undefined) return;
  const { clusterId, operationId } = deploy;
  throw new Fault(
    'not-ready',
    `Operation ${operationId} is restoring jobs of cluster ${clusterId}. Retry when they are submitted.`,
    { operationId: open.operationId, retryAfterSeconds: 15 },
  );
};

/** The operations that submit restored jobs, in the same order. Undefined for a job without one. */
export const readSubmits = (
  restoredJobs: readonly RestoredJob[],
  store: Store,
): Promise<readonly (StoredOperation | undefined)[]> =>
  pMap(restoredJobs, async ({ jobId }) => (await store.operation(jobId))?.value, { concurrency: maxConcurrency });
