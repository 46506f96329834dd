import type { CommandData } from '#events/commands/index.ts';
import type { RestoredJob } from '#events/records/operation.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { startTimeoutMs } from '#shared/clusters/admission/queued-command.ts';
import { submit } from '#shared/clusters/commands/submit.ts';
import { newOperation, type StoredOperation, toOperationPath } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Payloads } from '#shared/clusters/ports/objects.ts';
import { findProgram, readSubmit } from '#shared/clusters/restore/program.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';
import { withoutRestore } from '#shared/flink/option-names/restore.ts';

/**
 * Submits the restored jobs of a session, each once and under the id that the deploy recorded. The submits wait until
 * the session is RUNNING. A job whose submit is refused gets an operation that is FAILED with the reason.
 */
export const resubmitJobs = async (deploy: StoredOperation, ports: Ports): Promise<void> => {
  const { restoredJobs = [], target, clusterId } = deploy;
  const { value: cluster } = await getCluster({ target, clusterId }, ports.store);
  if (cluster.operationId !== deploy.operationId || cluster.state !== 'DEPLOYING') return;
  // One after the other, because concurrent submits of one session change its record.
  const failures: unknown[] = [];
  for (const restored of restoredJobs) {
    try {
      if (!(await isRecorded(restored, ports))) await resubmitJob(restored, deploy, ports);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};

/** Records the failure of every restored job that was not submitted. The session runs without these jobs. */
export const recordResubmitFailures = async (deploy: StoredOperation, fault: Fault, ports: Ports): Promise<void> => {
  for (const restored of deploy.restoredJobs ?? [])
    if (!(await isRecorded(restored, ports))) await recordFailedSubmit(restored, { deploy, fault }, ports);
};

const isRecorded = async ({ jobId }: RestoredJob, { store }: Ports): Promise<boolean> =>
  (await store.operation(jobId)) !== undefined;

const resubmitJob = async (restored: RestoredJob, deploy: StoredOperation, ports: Ports): Promise<void> => {
  const { target, clusterId, origin, principal, operationId: clusterOperationId } = deploy;
  try {
    const data = await buildSubmitData(restored, deploy, ports);
    const caller = { key: undefined, origin, principal };
    const command = { kind: 'submit', target, clusterId, data, clusterOperationId, ...caller } as const;
    const payloads = keepPayloads(ports.payloads);
    const recorded = await submit.record(command, () => ({}), { ...ports, payloads, newId: () => restored.jobId });
    await submit.advance(recorded, command, ports);
  } catch (error) {
    // A full admission queue must not delay the session, so it is as final as a refusal.
    if (!(error instanceof Fault) || (toProblem(error).retryable && error.reason !== 'QueueFull')) throw error;
    await recordFailedSubmit(restored, { deploy, fault: error }, ports);
  }
};

/** A concurrent run of this step may have recorded the job. A conflict must not remove what it stored under the same ID. */
const keepPayloads = (payloads: Payloads): Payloads => ({
  put: async (...args) => payloads.put(...args),
  read: async (...args) => payloads.read(...args),
  renew: async (...args) => payloads.renew(...args),
  readUpload: async (...args) => payloads.readUpload(...args),
  removeUpload: async () => {},
  remove: async () => {},
});

/** The former submit of the job, without what was meant for that command only. @throws Fault `not-found` */
const buildSubmitData = async (
  { formerJobId, savepoint }: RestoredJob,
  deploy: StoredOperation,
  ports: Ports,
): Promise<CommandData<'submit'>> => {
  const former = (await ports.store.operation(formerJobId))?.value;
  const program = former?.target === deploy.target ? findProgram(former) : undefined;
  const restoreOptions = findRequest(deploy, 'deploy')?.data.restore;
  if (program === undefined || restoreOptions === undefined)
    throw new Fault('not-found', `The submit of job ${formerJobId} is not recorded, so the job cannot be restored.`);
  const {
    deadline: _deadline,
    dependsOn: _dependsOn,
    correlationId: _correlationId,
    restore: _restore,
    ...rest
  } = await readSubmit(formerJobId, program, ports);
  const { correlationId } = deploy;
  return {
    ...rest,
    // The job starts from its savepoint, and not from where its former run started.
    config: withoutRestore(rest.config),
    dependsOn: [],
    ...(savepoint === undefined ? {} : { restore: { path: savepoint, ...restoreOptions } }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
};

const recordFailedSubmit = async (
  { jobId }: RestoredJob,
  { deploy, fault }: { readonly deploy: StoredOperation; readonly fault: Fault },
  ports: Ports,
): Promise<void> => {
  const { target, clusterId, origin, principal, correlationId } = deploy;
  const fields = { operationId: jobId, kind: 'submit' as const, target, clusterId, jobId, origin, principal };
  const operation = newOperation(
    { ...fields, messageToken: ports.newToken(), correlationId },
    startTimeoutMs.submit,
    ports.now(),
  );
  const problem = toProblem(fault, toOperationPath(operation));
  await commit({ operations: [{ value: { ...operation, state: 'FAILED', problem }, previous: undefined }] }, ports);
  await ports.payloads.remove(jobId);
};
