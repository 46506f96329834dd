import { isTerminalJob } from '#events/records/job.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { requestReconcile } from '#shared/clusters/jobs/request-reconcile.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

import { assertRunning } from './assertions.ts';
import { getLiveJob } from './live-job.ts';
import type { UseCase } from './use-case.ts';

const deadlineMs = 60_000;
/** Most jobs are CANCELED within a second. The reconciler records the end of the others. */
const maxObservations = 8;
const observationIntervalMs = 500;

export const cancel: UseCase<'cancel'> = {
  async record({ target, clusterId, data: { jobId }, ...command }, keyFor, ports) {
    const clusterRef = { target, clusterId: clusterId ?? '' };
    const { value: cluster } = await getCluster(clusterRef, ports.store);
    assertRunning(cluster);
    await getLiveJob(clusterRef, jobId, ports);

    const operationId = ports.newId();
    const messageToken = ports.newToken();
    const fields = { operationId, kind: 'cancel' as const, ...clusterRef, jobId, ...toCaller(command), messageToken };
    const operation = newOperation(fields, deadlineMs, ports.now());
    await commit({ operations: [{ value: operation, previous: undefined }], ...keyFor(operationId) }, ports);
    return { value: operation, version: 1 };
  },

  async advance({ value }, _command, ports) {
    const { operationId, target, clusterId, jobId = '' } = value;
    const kubernetes = ports.kubernetes(await ports.targets.get(target));
    try {
      await flinkRest(kubernetes.flink(clusterId)).cancelJob(jobId);
    } catch (error) {
      if (error instanceof Fault && !toProblem(error).retryable)
        await finishOperation(operationId, { state: 'FAILED', fault: error }, ports);
      throw error;
    }
    await waitUntilTerminal(value, ports);
    const { operation } = await finishOperation(operationId, { state: 'SUCCEEDED' }, ports);
    await requestReconcile(operation, ports);
    return operation;
  },
};

/** Observes the jobs of the cluster until the canceled one is terminal, for about four seconds at most. */
const waitUntilTerminal = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  for (let observation = 1; observation <= maxObservations; observation += 1) {
    const { jobs } = await observeJobs(operation, ports, { changedBy: operation });
    if (jobs.some((job) => job.jobId === operation.jobId && isTerminalJob(job))) return;
    await ports.sleep(observationIntervalMs);
  }
};
