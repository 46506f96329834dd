import type { RestoredJob } from '#events/operation.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { startTimeoutMs } from '#shared/clusters/admission/queued-command.ts';
import { submit } from '#shared/clusters/commands/submit.ts';
import { newOperation, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { programOf } from '#shared/clusters/restore/savepoint.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

/**
 * Submits the jobs that a session starts again: each once, under the id that its deploy has for it. They wait for the
 * session like any submit that comes before it is up. One that is refused is recorded with the reason.
 */
export const resubmitJobs = async (deploy: StoredOperation, ports: Ports): Promise<void> => {
  const { restoredJobs = [], target, clusterId } = deploy;
  const { value: cluster } = await getCluster({ target, clusterId }, ports.store);
  if (cluster.operationId !== deploy.operationId || cluster.state !== 'DEPLOYING') return;
  // One behind the other, as they would be in each other's way in the line.
  const failures: unknown[] = [];
  for (const restored of restoredJobs) {
    try {
      if (!(await isRecorded(restored, ports))) await submitOne(restored, deploy, ports);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};

/** Records why jobs that should have been submitted again were not: the session is up without them. */
export const recordResubmitFailures = async (deploy: StoredOperation, fault: Fault, ports: Ports): Promise<void> => {
  for (const restored of deploy.restoredJobs ?? [])
    if (!(await isRecorded(restored, ports))) await recordRefused(restored, { deploy, fault }, ports);
};

const isRecorded = async ({ jobId }: RestoredJob, { store }: Ports) => (await store.operation(jobId)) !== undefined;

const submitOne = async (restored: RestoredJob, deploy: StoredOperation, ports: Ports) => {
  const { target, clusterId, origin } = deploy;
  try {
    const data = await dataOf(restored, deploy, ports);
    const command = { kind: 'submit', target, clusterId, data, key: undefined, origin } as const;
    const recorded = await submit.record(command, () => ({}), { ...ports, newId: () => restored.jobId });
    await submit.advance(recorded, command, ports);
  } catch (error) {
    // A line that is full keeps no session from coming up.
    if (!(error instanceof Fault) || (toProblem(error).retryable && error.reason !== 'LineFull')) throw error;
    await recordRefused(restored, { deploy, fault: error }, ports);
  }
};

const dataOf = async ({ formerJobId, savepoint }: RestoredJob, deploy: StoredOperation, { store }: Ports) => {
  const program = programOf((await store.operation(formerJobId))?.value);
  const how = requestOf(deploy, 'deploy')?.data.restore;
  if (program === undefined || how === undefined)
    throw new Fault('not-found', `what job ${formerJobId} was submitted with is not known`);
  // What belonged to the command of then is not of this one.
  const {
    deadline: _deadline,
    dependsOn: _dependsOn,
    correlationId: _correlationId,
    restore: _restore,
    ...rest
  } = program;
  const { correlationId } = deploy;
  return {
    ...rest,
    dependsOn: [],
    ...(savepoint === undefined ? {} : { restore: { path: savepoint, ...how } }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
};

const recordRefused = async (
  { jobId }: RestoredJob,
  { deploy, fault }: { readonly deploy: StoredOperation; readonly fault: Fault },
  ports: Ports,
) => {
  const { target, clusterId, origin, correlationId } = deploy;
  const fields = { operationId: jobId, kind: 'submit' as const, target, clusterId, jobId, origin, correlationId };
  const operation = newOperation(fields, startTimeoutMs.submit, ports.now());
  const problem = toProblem(fault, `/v1/operations/${jobId}`);
  await commit({ operations: [{ value: { ...operation, state: 'FAILED', problem }, previous: undefined }] }, ports);
};
