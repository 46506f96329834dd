import { Readable } from 'node:stream';

import type { Restore } from '#events/programs/program.ts';
import { isTerminalOperation, type Operation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { assertRunning } from '#shared/clusters/commands/assertions.ts';
import { findSubmitErrors } from '#shared/clusters/model/policy/find-policy-errors.ts';
import { assertAllowed } from '#shared/clusters/model/policy/option-rules.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { isPastDeadline, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findProgram, readSubmit } from '#shared/clusters/restore/program.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { emptyJar, sqlDriver, toSqlArgs } from '#shared/flink/program/sql.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JarFile } from '#shared/flink/rest/transport/multipart.ts';

/** The state that the submission machine passes from step to step. */
export interface SubmissionState {
  readonly operationId: string;
  /** The id that the JobManager gave to the uploaded jar. */
  readonly jarId?: string;
  readonly error?: StepError;
}

/**
 * Step of the submission machine: uploads the jar to the JobManager.
 *
 * @throws Fault `wrong-state` when the session is not RUNNING, `program-failed` after the deadline.
 */
export const uploadJar = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const operation = await getOperation(state.operationId, ports.store);
  assertBeforeDeadline(operation.value, ports);
  await assertClusterRunning(operation.value, ports);
  await recordPhase(operation, 'Uploading the jar to the JobManager.', ports);
  const rest = await openRest(operation.value, ports);
  return { ...state, jarId: await rest.uploadJar(await openJar(getProgram(operation.value), ports)) };
};

/** The jar of a submit. The driver of a SQL script is in Flink's lib folder. */
const openJar = async ({ jar }: SubmitProgram, { jars, signal }: Ports): Promise<JarFile> => {
  if (jar === undefined) return { name: 'sql.jar', body: Readable.from([emptyJar]), bytes: emptyJar.byteLength };
  const { stream, bytes } = await jars.open(jar, signal);
  return { name: jar.slice(jar.lastIndexOf('/') + 1), body: stream, bytes };
};

/**
 * Step of the submission machine: runs main() of the program. The job has the id of the operation, and Flink refuses a
 * second job of the same id, so that a repetition is safe.
 *
 * @throws Fault `program-failed` with the exception of the program, `wrong-state` after the end of the submit,
 *   `refused-option` when the policy of the target forbids it by now.
 */
export const runJar = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const operation = await recordStart(state.operationId, ports);
  const submitted = await readSubmit(operation.operationId, getProgram(operation), ports);
  const { sql, parallelism, restore, config, ...data } = submitted;
  const { entryClass, args } = sql === undefined ? data : { entryClass: sqlDriver, args: toSqlArgs(sql) };
  const rest = await openRest(operation, ports);
  // An earlier attempt may have started the job without receiving the answer.
  if ((await rest.listJobs()).some(({ jid }) => jid === state.operationId)) return state;
  // The policy may have changed while the submit was queued.
  const target = await ports.targets.get(operation.target);
  assertAllowed(findSubmitErrors(submitted, target), target);
  const jarId = state.jarId ?? '';
  await rest.runJar(jarId, {
    jobId: state.operationId,
    programArgsList: args,
    flinkConfiguration: config,
    ...(entryClass === undefined ? {} : { entryClass }),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...toRunOptions(restore),
  });
  await rest.deleteJar(jarId);
  return state;
};

/** Records on which incarnation of the session the job starts, before Flink can report it. */
const recordStart = (submitId: string, ports: Ports): Promise<StoredOperation> =>
  transact(ports, async () => {
    const operation = await getOperation(submitId, ports.store);
    const { state, target, clusterId, phase: recordedPhase, clusterOperationId: recorded } = operation.value;
    if (isTerminalOperation(operation.value))
      throw new Fault('wrong-state', `The submit to session ${clusterId} in target ${target} is already ${state}.`);
    const { value: cluster } = await getCluster(operation.value, ports.store);
    assertRunning(cluster);
    const phase = 'Running main() of the program.';
    if (recordedPhase === phase && recorded === cluster.operationId) return { result: operation.value };
    const fields = { clusterOperationId: cluster.operationId };
    const next = transitionOperation(operation, { state: 'IN_PROGRESS', phase, fields }, ports.now());
    return { change: { operations: [next] }, result: next.value };
  });

/** Flink reads what `restore` does not say from the options of the job, then from those of the session. */
const toRunOptions = ({ path, allowNonRestoredState, claimMode }: Restore = {}) => ({
  ...(path === undefined ? {} : { savepointPath: path }),
  ...(allowNonRestoredState === undefined ? {} : { allowNonRestoredState }),
  ...(claimMode === undefined ? {} : { claimMode }),
});

/**
 * Step of the submission machine: records the job when Flink lists it.
 *
 * @throws Fault `not-ready` or `target-unreachable` until then. The machine repeats the step.
 */
export const recordJob = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const { value } = await getOperation(state.operationId, ports.store);
  const { jobs, reachable } = await observeJobs(value, ports, { changedBy: value });
  const job = jobs.find(({ jobId }) => jobId === state.operationId);
  if (job === undefined) {
    throw reachable === 'True'
      ? new Fault('not-ready', `Flink does not list job ${state.operationId} yet.`)
      : new Fault('target-unreachable', `Session ${value.clusterId} in target ${value.target} does not answer.`);
  }
  await finishOperation(state.operationId, { state: 'SUCCEEDED' }, ports);
  return state;
};

/** Step of the submission machine: records why the job did not start. */
export const recordRunRefusal = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const { operationId, error } = state;
  const { operation } = await finishOperation(operationId, { state: 'FAILED', fault: parseStepError(error) }, ports);
  if (operation.state !== 'SUCCEEDED') await ports.payloads.remove(operationId);
  return state;
};

type SubmitProgram = NonNullable<ReturnType<typeof findProgram>>;

const getProgram = (operation: StoredOperation): SubmitProgram => {
  const program = findProgram(operation);
  if (program === undefined) throw new Error(`operation ${operation.operationId} is not a submit`);
  return program;
};

const assertClusterRunning = async (operation: Operation, { store }: Ports) =>
  assertRunning((await getCluster(operation, store)).value);

/** Ends the repetitions of the machine, which starts again with the upload whenever the JobManager has restarted. */
const assertBeforeDeadline = (operation: Operation, { now }: Ports): void => {
  if (isPastDeadline(operation, now()))
    throw new Fault('program-failed', `The job did not start by ${operation.deadline}.`, {
      reason: 'DeadlineExceeded',
    });
};

const openRest = async ({ target, clusterId }: Operation, ports: Ports) =>
  flinkRest(ports.kubernetes(await ports.targets.get(target)).flink(clusterId));
