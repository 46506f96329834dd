import { isTerminalCluster } from '#events/cluster.ts';
import { isTerminalJob } from '#events/job.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { cancelTimers } from '#shared/clusters/lifetime/enforce-lifetime.ts';
import { transitionCluster, transitionJobs } from '#shared/clusters/model/cluster.ts';
import { applicationVerdict, jobsOfIncarnation } from '#shared/clusters/model/job.ts';
import { keepsFailedObjects, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit, maxJobsPerTransaction, transact } from '#shared/clusters/store/transact.ts';

import { type CleanupState, isUp, kubernetesOf, stopOf } from './cleanup.ts';

/** Records the end of a stop: the cluster's, and that of the jobs that went with it. A failed deploy is recorded already. */
export const recordStopped = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const { value: operation } = await getOperation(state.operationId, ports.store);
  const stop = stopOf(operation);
  if (stop === undefined) {
    if (keepsFailedObjects(operation) || isUp(operation)) return state;
    await commit({ released: [operation] }, ports);
    await ports.admissionQueue.send(operation.target);
    await dropTimers(operation, ports);
    return state;
  }
  const { highAvailability } = await (await kubernetesOf(operation, ports)).remaining(operation.clusterId);
  const fate = highAvailability.length > 0 ? ('SUSPENDED' as const) : ('CANCELED' as const);
  const record = () =>
    transact(ports, async () => {
      const current = await getOperation(state.operationId, ports.store);
      const cluster = await getCluster(operation, ports.store);
      // Also when the stop itself was given up at its deadline: the cluster is gone.
      if (cluster.value.state !== 'STOPPING' || cluster.value.stopOperationId !== state.operationId)
        return { result: 'recorded' };
      const now = ports.now();
      const known = await ports.store.jobs(operation);
      const verdict =
        cluster.value.mode === 'application' ? applicationVerdict(jobsOfIncarnation(cluster.value, known)) : undefined;
      const live = known.filter(({ value }) => !isTerminalJob(value) && value.state !== 'SUSPENDED');
      const ended = live.slice(0, maxJobsPerTransaction).map(({ value, version }) => ({
        from: value.state,
        job: {
          ...value,
          state: fate,
          message: 'its cluster was stopped',
          endTime: now.toISOString(),
          updatedAt: now.toISOString(),
        },
        previous: version,
      }));
      const jobs = ended.map(({ job, previous }) => ({ value: job, previous }));
      const withEnded = transitionJobs(cluster.value, ended, now);
      if (ended.length < live.length) {
        return {
          change: {
            cluster: { value: withEnded.cluster, previous: cluster.version },
            jobs,
            events: withEnded.events,
          },
          result: 'more',
        };
      }
      const next = transitionCluster(withEnded.cluster, verdict?.state ?? 'STOPPED', {
        at: now,
        operationId: state.operationId,
        reason: stop.reason,
        message: verdict?.message,
      });
      return {
        change: {
          cluster: { value: next.cluster, previous: cluster.version },
          jobs,
          operations: isTerminalOperation(current.value)
            ? []
            : [transitionOperation(current, { state: 'SUCCEEDED' }, now)],
          events: [...withEnded.events, ...next.events],
        },
        result: 'recorded',
      };
    });
  while ((await record()) === 'more');
  await dropTimers(operation, ports);
  return state;
};

/** Unless the id has begun another life: then its record speaks of other schedules, and these end by themselves. */
const dropTimers = async (operation: StoredOperation, ports: Ports) => {
  const { value: cluster } = await getCluster(operation, ports.store);
  if (isTerminalCluster(cluster)) await cancelTimers(cluster, ports);
};
