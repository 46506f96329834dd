import { isTerminalJob, type Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { newOperation } from '#shared/clusters/model/operation.ts';
import type { RequestOf } from '#shared/clusters/model/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import { assertRunning } from './assertions.ts';
import type { UseCase } from './use-case.ts';

/** Savepoints of large state take their time. */
const deadlineMs = 30 * 60_000;

type Kind = 'savepoint' | 'checkpoint' | 'stop-job' | 'dispose-savepoint';

const useCase = <K extends Kind>(kind: K): UseCase<K> => ({
  async record({ target, clusterId, data, origin }, key, ports) {
    await ports.targets.get(target);
    const clusterRef = { target, clusterId: clusterId ?? '' };
    assertRunning((await getCluster(clusterRef, ports.store)).value);
    const job = 'jobId' in data ? { jobId: data.jobId } : {};
    const known = job.jobId === undefined ? undefined : await getLiveJob(clusterRef, job.jobId, ports);

    const operationId = ports.newId();
    // The data is of this very kind, which the compiler cannot follow.
    const savepointBefore = known?.savepoint;
    const before = savepointBefore === undefined ? {} : { savepointBefore };
    const request = { kind, data, ...before } as unknown as RequestOf<K>;
    const operation = newOperation(
      { operationId, kind, ...clusterRef, ...job, origin, request },
      deadlineMs,
      ports.now(),
    );
    await commit({ operations: [{ value: operation, previous: undefined }], ...key(operationId) }, ports);
    return { value: operation, version: 1 };
  },

  async advance({ value }, _command, { workflows }) {
    await workflows.start('snapshot', value.operationId);
    return value;
  },
});

export const savepoint = useCase('savepoint');
export const checkpoint = useCase('checkpoint');
export const stopJob = useCase('stop-job');
export const disposeSavepoint = useCase('dispose-savepoint');

/** @throws Fault `not-found` for a job that the cluster does not have, `wrong-state` for one that has ended. */
export const getLiveJob = async (clusterRef: ClusterRef, jobId: string, ports: Ports): Promise<Job> => {
  const { target, clusterId } = clusterRef;
  await observeJobs(clusterRef, ports);
  const job = await ports.store.job(clusterRef, jobId);
  if (job === undefined) throw new Fault('not-found', `there is no job ${jobId} on ${clusterId} in target ${target}`);
  if (isTerminalJob(job.value)) throw new Fault('wrong-state', `job ${jobId} is ${job.value.state} already`);
  return job.value;
};
