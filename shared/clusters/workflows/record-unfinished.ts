import type { Cluster } from '#events/cluster.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { transitionOperation, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { codeOf, Fault, toProblem } from '#events/problem.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { isTerminalJob } from '#events/job.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { type StepError, toFault } from '#shared/clusters/model/step-error.ts';

import { type CleanupState, isStillUp, listed, nameOf, stopOf } from './cleanup.ts';

const mostUnmarked = 80;

/** Records that a stop did not end well. Where nothing was removed (its savepoint failed) the cluster runs on. */
export const recordUnfinished = (
  state: CleanupState & { readonly error?: StepError },
  ports: Ports,
): Promise<CleanupState> =>
  transact<CleanupState>(ports, async () => {
    const operation = await getOperation(state.operationId, ports.store);
    const cluster = await getCluster(operation.value, ports.store);
    // Nobody waits for the cleanup of a failed deploy: the failed execution and its alarm tell of what is left.
    if (stopOf(operation.value) === undefined) throw toFault(state.error);
    if (isTerminalOperation(operation.value)) return { result: state };
    const now = ports.now();
    const code = codeOf(state.reason ?? '');
    const message = `${state.message ?? 'stop it again'}${code === 'savepoint-failed' ? await whatEnded(operation.value, cluster.value, ports) : ''}`;
    const fault = code === undefined ? toFault(state.error) : new Fault(code, message);
    const survives =
      fault.code === 'savepoint-failed' &&
      cluster.value.state === 'STOPPING' &&
      (await isStillUp(cluster.value, ports));
    const next = survives
      ? transitionCluster(cluster.value, 'RUNNING', {
          at: now,
          operationId: state.operationId,
          reason: 'SavepointFailed',
          message: fault.message,
        })
      : undefined;
    return {
      change: {
        ...(next === undefined
          ? {}
          : {
              cluster: { value: next.cluster, previous: cluster.version },
              transitions: next.transitions,
              jobs: await withoutMark(next.cluster, state, ports),
            }),
        operations: [
          transitionOperation(
            operation,
            { state: 'FAILED', problem: toProblem(fault, `/v1/operations/${state.operationId}`) },
            now,
          ),
        ],
      },
      result: state,
    };
  });

/** Jobs that run on are no longer being stopped with their cluster. As many as a transaction holds beside the rest. */
const withoutMark = async (cluster: Cluster, { taken = [] }: CleanupState, { store }: Ports) =>
  (await store.jobs(cluster))
    .filter(({ value }) => value.clusterOperationId === cluster.operationId && !isTerminalJob(value))
    .filter(({ value }) => value.stoppedWithCluster === true && value.finalSavepoint === undefined)
    .filter(({ value }) => !taken.includes(value.jobId))
    .slice(0, mostUnmarked)
    .map(({ value: { stoppedWithCluster: _mark, ...value }, version }) => ({ value, previous: version }));

/** Which jobs a stop has ended that failed for others, and what to do about it. */
const whatEnded = async (operation: StoredOperation, cluster: Cluster, { store }: Ports): Promise<string> => {
  const ended = (await store.jobs(operation))
    .map(({ value }) => value)
    .filter(({ clusterOperationId }) => clusterOperationId === cluster.operationId)
    // By our own clock: `updatedAt` of what has ended is when that was seen.
    .filter((job) => job.finalSavepoint !== undefined && (!isTerminalJob(job) || job.updatedAt >= operation.createdAt));
  if (ended.length === 0) return '';
  const named = listed(ended.map((job) => `${nameOf(job)} at ${job.finalSavepoint ?? ''}`));
  return (
    `. These ended, each with its savepoint: ${named}. ` +
    `Submit them again with restore: {fromCluster: ${cluster.clusterId}, job}, or with -s and the path`
  );
};
