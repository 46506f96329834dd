import { Readable } from 'node:stream';

import type { Cluster } from '#events/records/cluster.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Restore } from '#events/programs/program.ts';
import { isTerminalOperation, type Operation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { assertRunning } from '#shared/clusters/commands/assertions.ts';
import { findSubmitErrors } from '#shared/clusters/model/policy/find-policy-errors.ts';
import { assertAllowed } from '#shared/clusters/model/policy/option-rules.ts';
import { connectTarget } from '#shared/clusters/jobs/connect-target.ts';
import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { isPastDeadline, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findProgram, readSubmitPayload } from '#shared/clusters/restore/program.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getClusterWithJobs, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { emptyJar, sqlDriver, toSqlArgs } from '#shared/flink/program/sql.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JarFile } from '#shared/flink/rest/transport/multipart.ts';

/** The state that the submission machine passes from step to step. */
export interface SubmissionState {
  readonly operationId: string;
  /** The session, so that a step reads its records together with the operation. Absent before the first step. */
  readonly session?: ClusterRef;
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
  const { target, clusterId } = operation.value;
  assertBeforeDeadline(operation.value, ports);
  const kubernetes = ports.kubernetes(await ports.targets.get(target));
  kubernetes.connect();
  const opening = openJar(getProgram(operation.value), ports);
  try {
    const [jar] = await Promise.all([
      opening,
      assertClusterRunning(operation.value, ports),
      recordPhase(operation, 'Uploading the jar to the JobManager.', ports),
    ]);
    const jarId = await flinkRest(kubernetes.flink(clusterId)).uploadJar(jar);
    return { ...state, session: { target, clusterId }, jarId };
  } catch (error) {
    await opening.then(endDownload, () => {});
    throw error;
  }
};

/** Ends the download of a jar that is no longer read. */
const endDownload = ({ body }: JarFile): void => {
  if (body instanceof Readable) body.destroy();
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
  const [{ operation, isRepeated }, payload] = await Promise.all([
    recordStart(state, ports),
    readSubmitPayload(state.operationId, ports),
    connectSession(state, ports),
  ]);
  const submitted = { ...getProgram(operation), ...payload };
  const { sql, parallelism, restore, config, ...data } = submitted;
  const { entryClass, args } = sql === undefined ? data : { entryClass: sqlDriver, args: toSqlArgs(sql) };
  const rest = await openRest(operation, ports);
  // An earlier attempt may have started the job without receiving the answer.
  if (isRepeated && (await rest.listJobs()).some(({ jid }) => jid === state.operationId)) return state;
  // The policy may have changed while the submit was queued.
  const target = await ports.targets.get(operation.target);
  assertAllowed(findSubmitErrors(submitted, target), target);
  await rest.runJar(state.jarId ?? '', {
    jobId: state.operationId,
    programArgsList: args,
    flinkConfiguration: config,
    ...(entryClass === undefined ? {} : { entryClass }),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...toRunOptions(restore),
  });
  return state;
};

interface Start {
  readonly operation: StoredOperation;
  /** An earlier attempt recorded the start, so that it may have started the job. */
  readonly isRepeated: boolean;
}

/** Records on which incarnation of the session the job starts, before Flink can report it. */
const recordStart = ({ operationId, session }: SubmissionState, ports: Ports): Promise<Start> =>
  transact<Start>(ports, async () => {
    const [operation, known] = await Promise.all([
      getOperation(operationId, ports.store),
      session === undefined ? undefined : getCluster(session, ports.store),
    ]);
    const { state, target, clusterId, phase: recordedPhase, clusterOperationId: recorded } = operation.value;
    if (isTerminalOperation(operation.value))
      throw new Fault('wrong-state', `The submit to session ${clusterId} in target ${target} is already ${state}.`);
    const { value: cluster } = known ?? (await getCluster(operation.value, ports.store));
    assertRunning(cluster);
    assertSameIncarnation(operation.value, cluster);
    const phase = 'Running main() of the program.';
    const isRepeated = recorded !== undefined;
    if (recordedPhase === phase && recorded === cluster.operationId)
      return { result: { operation: operation.value, isRepeated } };
    const fields = { clusterOperationId: cluster.operationId };
    const next = transitionOperation(operation, { state: 'IN_PROGRESS', phase, fields }, ports.now());
    return { change: { operations: [next] }, result: { operation: next.value, isRepeated } };
  });

/**
 * A job that takes the place of another one starts only on the incarnation that is to have it. Another incarnation starts
 * the former job itself.
 *
 * @throws Fault `superseded`
 */
const assertSameIncarnation = (operation: StoredOperation, { operationId }: Cluster): void => {
  const { clusterOperationId = operationId } = findRequest(operation, 'submit') ?? {};
  if (clusterOperationId === operationId) return;
  const { clusterId, target } = operation;
  throw new Fault('superseded', `Session ${clusterId} in target ${target} was started again before the job was.`);
};

/** Flink reads what `restore` does not say from the options of the job, then from those of the session. */
const toRunOptions = ({ path, allowNonRestoredState, claimMode }: Restore = {}) => ({
  ...(path === undefined ? {} : { savepointPath: path }),
  ...(allowNonRestoredState === undefined ? {} : { allowNonRestoredState }),
  ...(claimMode === undefined ? {} : { claimMode }),
});

/**
 * Step of the submission machine: records the job when Flink lists it, and removes its jar from the JobManager.
 *
 * @throws Fault `not-ready` or `target-unreachable` until then. The machine repeats the step.
 */
export const recordJob = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const { session, jarId } = state;
  const [operation, known] = await Promise.all([
    getOperation(state.operationId, ports.store),
    session === undefined ? undefined : getClusterWithJobs(session, ports.store),
    connectSession(state, ports),
  ]);
  const { value } = operation;
  const records = known ?? (await getClusterWithJobs(value, ports.store));
  const options = { changedBy: value, submit: value, ending: { operation, succeedsWith: () => true } };
  const [{ jobs, reachable, ended }] = await Promise.all([
    updateJobs(records, ports, options),
    jarId === undefined ? undefined : deleteJar(jarId, { operation: value, ports }),
  ]);
  const job = jobs.find(({ jobId }) => jobId === state.operationId);
  if (job === undefined) {
    throw reachable === 'True'
      ? new Fault('not-ready', `Flink does not list job ${state.operationId} yet.`)
      : new Fault('target-unreachable', `Session ${value.clusterId} in target ${value.target} does not answer.`);
  }
  if (ended === undefined) await finishOperation(state.operationId, { state: 'SUCCEEDED' }, ports);
  return state;
};

const connectSession = async ({ session }: SubmissionState, ports: Ports): Promise<void> => {
  if (session !== undefined) await connectTarget(session.target, ports);
};

interface UsedJar {
  readonly operation: StoredOperation;
  readonly ports: Ports;
}

/** Removes an uploaded jar. The JobManager removes what is left when it ends. */
const deleteJar = async (jarId: string, { operation, ports }: UsedJar): Promise<void> => {
  try {
    await (await openRest(operation, ports)).deleteJar(jarId);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
};

/** Step of the submission machine: records why the job did not start. */
export const recordRunRefusal = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const { operationId, error } = state;
  const { operation } = await finishOperation(operationId, { state: 'FAILED', fault: parseStepError(error) }, ports);
  if (operation.state !== 'SUCCEEDED') await ports.payloads.remove(operationId);
  return state;
};

const assertClusterRunning = async (operation: Operation, { store }: Ports) =>
  assertRunning((await getCluster(operation, store)).value);

type SubmitProgram = NonNullable<ReturnType<typeof findProgram>>;

const getProgram = (operation: StoredOperation): SubmitProgram => {
  const program = findProgram(operation);
  if (program === undefined) throw new Error(`operation ${operation.operationId} is not a submit`);
  return program;
};

/** Ends the repetitions of the machine, which starts again with the upload whenever the JobManager has restarted. */
const assertBeforeDeadline = (operation: Operation, { now }: Ports): void => {
  if (isPastDeadline(operation, now()))
    throw new Fault('program-failed', `The job did not start by ${operation.deadline}.`, {
      reason: 'DeadlineExceeded',
    });
};

const openRest = async ({ target, clusterId }: Operation, ports: Ports) =>
  flinkRest(ports.kubernetes(await ports.targets.get(target)).flink(clusterId));
