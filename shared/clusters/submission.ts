import { isDone, type Job, type Operation } from '#events/model.ts';
import { codeOf, Fault, toProblem } from '#events/problem.ts';
import { flinkRest } from '#shared/flink/rest.ts';

import { observeJobs } from './observe-jobs.ts';
import type { Ports, StoredOperation } from './ports.ts';
import { clusterAt, notePhase, operationOf, progressed, update } from './records.ts';
import { mustRun } from './submit.ts';

/** What the submission machine carries from step to step. */
export interface SubmissionState {
  readonly operationId: string;
  readonly jarId?: string;
  readonly error?: { readonly Error?: string; readonly Cause?: string };
}

/** Brings the jar to the JobManager, unless an earlier try of this step did. */
export const upload = async (state: SubmissionState, ports: Ports, signal: AbortSignal): Promise<SubmissionState> => {
  const operation = await operationOf(state.operationId, ports.store);
  const { jar } = planOf(operation.value);
  await mustStillRun(operation.value, ports);
  await notePhase(operation, 'bringing the jar to the JobManager', ports);
  const rest = await restOf(operation.value, ports);
  const { stream, bytes } = await ports.jars.open(jar, signal);
  return {
    ...state,
    jarId: await rest.uploadJar({ name: jar.slice(jar.lastIndexOf('/') + 1), body: stream, bytes }, signal),
  };
};

/** Runs the program under the operation's id: a second run of the same id is refused by Flink, and means it is done. */
export const run = async (state: SubmissionState, ports: Ports, signal: AbortSignal): Promise<SubmissionState> => {
  const operation = await operationOf(state.operationId, ports.store);
  const { entryClass, args, parallelism, restore, config } = planOf(operation.value);
  await mustStillRun(operation.value, ports);
  await notePhase(operation, 'running main()', ports);
  const rest = await restOf(operation.value, ports);
  const jarId = state.jarId ?? '';
  await rest.runJar(
    jarId,
    {
      jobId: state.operationId,
      programArgsList: args,
      flinkConfiguration: config,
      ...(entryClass === undefined ? {} : { entryClass }),
      ...(parallelism === undefined ? {} : { parallelism }),
      ...(restore === undefined
        ? {}
        : {
            savepointPath: restore.path,
            allowNonRestoredState: restore.allowNonRestoredState,
            claimMode: restore.claimMode,
          }),
    },
    signal,
  );
  await rest.deleteJar(jarId, signal);
  return state;
};

/** Records the job once Flink knows it. */
export const recordJob = async (
  state: SubmissionState,
  ports: Ports,
  signal: AbortSignal,
): Promise<SubmissionState> => {
  const { value } = await operationOf(state.operationId, ports.store);
  const { jobs, reachable } = await observeJobs(value, ports, signal);
  const job = jobs.find(({ jobId }) => jobId === state.operationId);
  if (job === undefined) {
    throw reachable === 'True'
      ? new Fault('not-ready', `Flink does not list job ${state.operationId} yet`)
      : new Fault('target-unreachable', `session ${value.clusterId} does not answer`);
  }
  await end(state.operationId, ports, { job });
  return state;
};

/** Records why the job was not started. */
export const recordRefused = async (state: SubmissionState, ports: Ports): Promise<SubmissionState> => {
  await end(state.operationId, ports, { fault: faultOf(state.error) });
  return state;
};

const end = (operationId: string, ports: Ports, { job, fault }: { readonly job?: Job; readonly fault?: Fault }) =>
  update(ports.store, async () => {
    const operation = await operationOf(operationId, ports.store);
    if (isDone(operation.value)) return { result: undefined };
    const known = job === undefined ? undefined : await ports.store.job(operation.value, job.jobId);
    const problem = fault === undefined ? {} : { problem: toProblem(fault, `/v1/operations/${operationId}`) };
    return {
      change: {
        operations: [
          progressed(operation, { state: fault === undefined ? 'SUCCEEDED' : 'FAILED', ...problem }, ports.now()),
        ],
        ...(known === undefined ? {} : { jobs: [{ value: { ...known.value, operationId }, previous: known.version }] }),
      },
      result: undefined,
    };
  });

/** What a state machine caught, as a fault again: the error's name is its code, and the cause holds its message. */
export const faultOf = (caught: SubmissionState['error']): Fault => {
  const { Error: name = 'internal', Cause: cause = '' } = caught ?? {};
  if (name === 'States.Timeout' || name === 'Sandbox.Timedout')
    return new Fault('deadline-exceeded', 'a step took too long');
  const code = codeOf(name);
  return code === undefined ? new Fault('internal', `a step failed (${name})`) : new Fault(code, messageOf(cause));
};

const messageOf = (cause: string): string => {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      'errorMessage' in parsed &&
      typeof parsed.errorMessage === 'string'
    )
      return parsed.errorMessage;
  } catch {
    // Not JSON: the cause is the message.
  }
  return cause;
};

const planOf = ({ plan, operationId }: StoredOperation) => {
  if (plan === undefined || !('submit' in plan)) throw new Error(`operation ${operationId} is no submit`);
  return plan.submit;
};

const mustStillRun = async (operation: Operation, { store }: Ports) =>
  mustRun((await clusterAt(operation, store)).value);

const restOf = async ({ target, clusterId }: Operation, ports: Ports) =>
  flinkRest(ports.kubernetes(await ports.targets.get(target)).flink(clusterId));
