import { isTerminalOperation, type Operation } from '#events/operation.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { flinkRest } from '#shared/flink/rest.ts';

import { type StepError, toFault } from '#shared/clusters/model/step-error.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { transitionOperation } from '#shared/clusters/model/operation.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { assertRunning } from '#shared/clusters/commands/assertions.ts';

/** What the submission machine carries from step to step. */
export interface SubmissionState {
  readonly operationId: string;
  readonly jarId?: string;
  readonly error?: StepError;
}

/** Brings the jar to the JobManager, unless an earlier try of this step did. */
export const upload = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  const operation = await getOperation(state.operationId, ports.store);
  const { jar } = planOf(operation.value);
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
  const { entryClass, args, parallelism, restore, config } = planOf(operation.value);
  await assertStillRunning(operation.value, ports);
  await recordPhase(operation, 'running main()', ports);
  const rest = await restOf(operation.value, ports);
  // An earlier try may have started it, though its answer was lost.
  if ((await rest.jobs()).some(({ jid }) => jid === state.operationId)) return state;
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
  await end(state.operationId, ports);
  return state;
};

/** Records why the job was not started. */
export const recordRefused = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  await end(state.operationId, ports, toFault(state.error));
  return state;
};

const end = (operationId: string, ports: Ports, fault?: Fault) =>
  transact(ports, async () => {
    const operation = await getOperation(operationId, ports.store);
    if (isTerminalOperation(operation.value)) return { result: undefined };
    const progress =
      fault === undefined
        ? { state: 'SUCCEEDED' as const }
        : { state: 'FAILED' as const, problem: toProblem(fault, `/v1/operations/${operationId}`) };
    return { change: { operations: [transitionOperation(operation, progress, ports.now())] }, result: undefined };
  });

const planOf = ({ plan, operationId }: StoredOperation) => {
  if (plan === undefined || !('submit' in plan)) throw new Error(`operation ${operationId} is no submit`);
  return plan.submit;
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
