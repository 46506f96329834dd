import { isEnded, type Job } from '#events/model.ts';
import type { Place } from '#events/names.ts';
import { Fault } from '#events/problem.ts';

import type { UseCase } from './accept.ts';
import { observeJobs } from './observe-jobs.ts';
import type { Plan, Ports } from './ports.ts';
import { clusterAt, commit, newOperation } from './records.ts';
import { mustRun } from './submit.ts';

/** Savepoints of large state take their time. */
const deadlineMs = 30 * 60_000;

type Kind = 'savepoint' | 'checkpoint' | 'stopjob' | 'dispose';

const useCase = <K extends Kind>(kind: K): UseCase<K> => ({
  async record({ target, clusterId, data, door }, key, ports, signal) {
    await ports.targets.get(target);
    const place = { target, clusterId: clusterId ?? '' };
    mustRun((await clusterAt(place, ports.store)).value);
    const job = 'jobId' in data ? { jobId: data.jobId } : {};
    const known = job.jobId === undefined ? undefined : await mustBeLive(place, job.jobId, ports, signal);

    const operationId = ports.newId();
    // The data is of this very kind, which the compiler cannot follow.
    const savepointBefore = known?.savepoint;
    const plan = { [kind]: data, ...(savepointBefore === undefined ? {} : { savepointBefore }) } as unknown as Plan;
    const operation = newOperation({ operationId, kind, ...place, ...job, door, plan }, deadlineMs, ports.now());
    await commit({ operations: [{ value: operation, previous: undefined }], ...key(operationId) }, ports);
    return { value: operation, version: 1 };
  },

  async advance({ value }, _command, { machines }) {
    await machines.start('snapshot', value.operationId);
    return value;
  },
});

export const savepoint = useCase('savepoint');
export const checkpoint = useCase('checkpoint');
export const stopjob = useCase('stopjob');
export const dispose = useCase('dispose');

/** @throws Fault `not-found` for a job that the cluster does not have, `wrong-state` for one that has ended. */
export const mustBeLive = async (place: Place, jobId: string, ports: Ports, signal: AbortSignal): Promise<Job> => {
  const { target, clusterId } = place;
  await observeJobs(place, ports, signal);
  const job = await ports.store.job(place, jobId);
  if (job === undefined) throw new Fault('not-found', `there is no job ${jobId} on ${clusterId} in target ${target}`);
  if (isEnded(job.value)) throw new Fault('wrong-state', `job ${jobId} is ${job.value.state} already`);
  return job.value;
};
