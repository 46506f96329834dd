import { isTerminalJob } from '#events/job.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { requestReconcile } from '#shared/clusters/jobs/request-reconcile.ts';
import { newOperation, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

import { assertRunning } from './assertions.ts';
import { getLiveJob } from './savepoints.ts';
import type { UseCase } from './use-case.ts';

const deadlineMs = 60_000;
/** A job without work to finish is CANCELED within a second; observation sees the others. */
const reconcileQueue = 8;
const betweenLooksMs = 500;

export const cancel: UseCase<'cancel'> = {
  async record({ target, clusterId, data: { jobId }, origin }, key, ports) {
    const clusterRef = { target, clusterId: clusterId ?? '' };
    const { value: cluster } = await getCluster(clusterRef, ports.store);
    assertRunning(cluster);
    await getLiveJob(clusterRef, jobId, ports);

    const now = ports.now();
    const operationId = ports.newId();
    const operation = newOperation({ operationId, kind: 'cancel', ...clusterRef, jobId, origin }, deadlineMs, now);
    await commit({ operations: [{ value: operation, previous: undefined }], ...key(operationId) }, ports);
    return { value: operation, version: 1 };
  },

  async advance(operation, { data: { jobId } }, ports) {
    const target = await ports.targets.get(operation.value.target);
    try {
      await flinkRest(ports.kubernetes(target).flink(operation.value.clusterId)).cancelJob(jobId);
    } catch (error) {
      if (error instanceof Fault && !toProblem(error).retryable)
        await finishOperation(operation.value.operationId, { state: 'FAILED', fault: error }, ports);
      throw error;
    }
    await waitUntilEnded(operation.value, jobId, ports);
    const { operation: finished } = await finishOperation(operation.value.operationId, { state: 'SUCCEEDED' }, ports);
    await requestReconcile(finished, ports);
    return finished;
  },
};

const waitUntilEnded = async (clusterRef: StoredOperation, jobId: string, ports: Ports) => {
  for (let look = 1; look <= reconcileQueue; look += 1) {
    const { jobs } = await observeJobs(clusterRef, ports);
    if (jobs.some((job) => job.jobId === jobId && isTerminalJob(job))) return;
    await ports.sleep(betweenLooksMs);
  }
};
