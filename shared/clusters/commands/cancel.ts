import { isTerminalJob } from '#events/records/job.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { connectTarget } from '#shared/clusters/jobs/connect-target.ts';
import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { requestReconcile } from '#shared/clusters/jobs/request-reconcile.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
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
    const operationId = ports.newId();
    const [records] = await Promise.all([
      getClusterWithJobs(clusterRef, ports.store),
      // The requests before and after the record have sessions of their own.
      connectTarget(target, ports),
      connectTarget(target, ports.withOperation({ operationId, principal: command.principal })),
    ]);
    assertRunning(records.cluster.value);
    await getLiveJob(records, jobId, ports);

    const messageToken = ports.newToken();
    const fields = { operationId, kind: 'cancel' as const, ...clusterRef, jobId, ...toCaller(command), messageToken };
    const operation = { value: newOperation(fields, deadlineMs, ports.now()), version: 1 };
    await commit({ operations: [{ value: operation.value, previous: undefined }], ...keyFor(operationId) }, ports);
    return {
      ...operation,
      advance: async (bound) => ({ operation: await cancelJob(operation, bound, records) }),
    };
  },

  advance: (operation, _command, ports) => cancelJob(operation, ports),
};

/**
 * Cancels the job, and records its end if it comes soon.
 *
 * @param records The records of the cluster, if they have just been read.
 */
const cancelJob = async (
  operation: Versioned<StoredOperation>,
  ports: Ports,
  records?: ClusterRecords,
): Promise<StoredOperation> => {
  const { operationId, target, clusterId, jobId = '' } = operation.value;
  const kubernetes = ports.kubernetes(await ports.targets.get(target));
  try {
    await flinkRest(kubernetes.flink(clusterId)).cancelJob(jobId);
  } catch (error) {
    if (error instanceof Fault && !toProblem(error).retryable)
      await finishOperation(operationId, { state: 'FAILED', fault: error }, ports);
    throw error;
  }
  const ended = await waitUntilTerminal(operation, ports, records);
  const end = async () => ended ?? (await finishOperation(operationId, { state: 'SUCCEEDED' }, ports)).operation;
  const [finished] = await Promise.all([end(), requestReconcile(operation.value, ports, records?.cluster.value)]);
  return finished;
};

/**
 * Observes the jobs of the cluster until the canceled one is terminal, for about four seconds at most.
 *
 * @returns The operation, if it ended with its job.
 */
const waitUntilTerminal = async (
  operation: Versioned<StoredOperation>,
  ports: Ports,
  records: ClusterRecords | undefined,
): Promise<StoredOperation | undefined> => {
  const { value } = operation;
  const options = { changedBy: value, ending: { operation, succeedsWith: isTerminalJob } };
  let known = records;
  for (let observation = 1; observation <= maxObservations; observation += 1) {
    const { jobs, ended } = await updateJobs(known ?? (await getClusterWithJobs(value, ports.store)), ports, options);
    known = undefined;
    if (ended !== undefined || jobs.some((job) => job.jobId === value.jobId && isTerminalJob(job))) return ended;
    await ports.sleep(observationIntervalMs);
  }
  return undefined;
};
