import { isEnded } from '#events/model.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { flinkRest } from '#shared/flink/rest.ts';

import type { UseCase } from './accept.ts';
import { lookSoon } from './look.ts';
import { observeJobs } from './observe-jobs.ts';
import type { Ports, StoredOperation, Versioned } from './ports.ts';
import { clusterAt, commit, newOperation, operationOf, progressed, update } from './records.ts';
import { mustBeLive } from './savepoints.ts';
import { mustRun } from './submit.ts';

const deadlineMs = 60_000;
/** A job without work to finish is CANCELED within a second; observation sees the others. */
const looks = 8;
const betweenLooksMs = 500;

export const cancel: UseCase<'cancel'> = {
  async record({ target, clusterId, data: { jobId }, door }, key, ports, signal) {
    const place = { target, clusterId: clusterId ?? '' };
    const { value: cluster } = await clusterAt(place, ports.store);
    mustRun(cluster);
    await mustBeLive(place, jobId, ports, signal);

    const now = ports.now();
    const operationId = ports.newId();
    const operation = newOperation({ operationId, kind: 'cancel', ...place, jobId, door }, deadlineMs, now);
    await commit({ operations: [{ value: operation, previous: undefined }], ...key(operationId) }, ports);
    return { value: operation, version: 1 };
  },

  async advance(operation, { data: { jobId } }, ports, signal) {
    const target = await ports.targets.get(operation.value.target);
    try {
      await flinkRest(ports.kubernetes(target).flink(operation.value.clusterId)).cancel(jobId, signal);
    } catch (error) {
      if (error instanceof Fault && !toProblem(error).retryable) await finish(operation, ports, error);
      throw error;
    }
    await waitUntilEnded(operation.value, jobId, ports, signal);
    const done = await finish(operation, ports);
    await lookSoon(done, ports);
    return done;
  },
};

const waitUntilEnded = async (place: StoredOperation, jobId: string, ports: Ports, signal: AbortSignal) => {
  for (let look = 1; look <= looks; look += 1) {
    const { jobs } = await observeJobs(place, ports, signal);
    if (jobs.some((job) => job.jobId === jobId && isEnded(job))) return;
    await ports.sleep(betweenLooksMs, signal);
  }
};

const finish = (operation: Versioned<StoredOperation>, ports: Ports, fault?: Fault) =>
  update<StoredOperation>(ports, async () => {
    const current = await operationOf(operation.value.operationId, ports.store);
    const progress =
      fault === undefined ? { state: 'SUCCEEDED' as const } : { state: 'FAILED' as const, problem: toProblem(fault) };
    const change = progressed(current, progress, ports.now());
    return { change: { operations: [change] }, result: change.value };
  });
