import type { Operation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { assertRunning } from '#shared/clusters/commands/assertions.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import { type StepError, toFault } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

/** What the submission machine carries from step to step. */
export interface SubmissionState {
  readonly operationId: string;
  readonly jarId?: string;
  readonly error?: StepError;
}

/** Brings the jar to the JobManager, unless an earlier try of this step did. */
export const upload = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const operation = await getOperation(state.operationId, ports.store);
  const { jar } = requestOfSubmit(operation.value);
  assertBeforeDeadline(operation.value, ports);
  await assertStillRunning(operation.value, ports);
  await recordPhase(operation, 'bringing the jar to the JobManager', ports);
  const rest = await restOf(operation.value, ports);
  const { stream, bytes } = await ports.jars.open(jar, ports.signal);
  return {
    ...state,
    jarId: await rest.uploadJar({ name: jar.slice(jar.lastIndexOf('/') + 1), body: stream, bytes }),
  };
};

/** Runs the program under the operation's id: a second run of the same id is refused by Flink, and means it is done. */
export const run = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const operation = await getOperation(state.operationId, ports.store);
  const { entryClass, args, parallelism, restore, config } = requestOfSubmit(operation.value);
  await assertStillRunning(operation.value, ports);
  await recordPhase(operation, 'running main()', ports);
  const rest = await restOf(operation.value, ports);
  // An earlier try may have started it, though its answer was lost.
  if ((await rest.listJobs()).some(({ jid }) => jid === state.operationId)) return state;
  const jarId = state.jarId ?? '';
  await rest.runJar(jarId, {
    jobId: state.operationId,
    programArgsList: args,
    flinkConfiguration: config,
    ...(entryClass === undefined ? {} : { entryClass }),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(restore?.path === undefined
      ? {}
      : {
          savepointPath: restore.path,
          allowNonRestoredState: restore.allowNonRestoredState,
          claimMode: restore.claimMode,
        }),
  });
  await rest.deleteJar(jarId);
  return state;
};

/** Records the job once Flink knows it. */
export const recordJob = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const { value } = await getOperation(state.operationId, ports.store);
  const { jobs, reachable } = await observeJobs(value, ports);
  const job = jobs.find(({ jobId }) => jobId === state.operationId);
  if (job === undefined) {
    throw reachable === 'True'
      ? new Fault('not-ready', `Flink does not list job ${state.operationId} yet`)
      : new Fault('target-unreachable', `session ${value.clusterId} does not answer`);
  }
  await finishOperation(state.operationId, { state: 'SUCCEEDED' }, ports);
  return state;
};

/** Records why the job was not started. */
export const recordRefused = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  await finishOperation(state.operationId, { state: 'FAILED', fault: toFault(state.error) }, ports);
  return state;
};

const requestOfSubmit = (operation: StoredOperation) => {
  const request = requestOf(operation, 'submit');
  if (request === undefined) throw new Error(`operation ${operation.operationId} is not a submit`);
  return request.data;
};

const assertStillRunning = async (operation: Operation, { store }: Ports) =>
  assertRunning((await getCluster(operation, store)).value);

/** A JobManager that starts anew again and again is not followed for ever. */
const assertBeforeDeadline = ({ deadline }: Operation, { now }: Ports): void => {
  if (now().toISOString() > deadline)
    throw new Fault('program-failed', `the job was not started by ${deadline}`, { reason: 'DeadlineExceeded' });
};

const restOf = async ({ target, clusterId }: Operation, ports: Ports) =>
  flinkRest(ports.kubernetes(await ports.targets.get(target)).flink(clusterId));
