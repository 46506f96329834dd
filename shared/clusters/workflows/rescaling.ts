import { isTerminalCluster } from '#events/records/cluster-states.ts';
import { isTerminalJob } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { ProblemCode } from '#events/problems/problem-table.ts';
import { codeOf, Fault, toProblem } from '#events/problems/problem.ts';
import { releaseReserved, writeDemandChange } from '#shared/clusters/admission/usage.ts';
import { findPodRefusal } from '#shared/clusters/jobs/missing-task-managers.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest, type RequestOf } from '#shared/clusters/model/records/request.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findParallelism, increases, isSameRequirements, runsAsRequired } from '#shared/clusters/model/rescale.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { flinkRest, type FlinkRest } from '#shared/flink/rest/flink-rest.ts';

/** The state that the rescaling machine passes from step to step. */
export interface RescalingState {
  readonly operationId: string;
  readonly attempt?: number;
  readonly outcome?: 'done' | 'waiting' | 'failed';
  readonly waitSeconds?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly error?: StepError;
}

const toFailed = ({ operationId }: RescalingState, reason: ProblemCode, message: string): RescalingState => ({
  operationId,
  outcome: 'failed',
  reason,
  message,
});

/** Step of the rescaling machine: requires the parallelism, and waits until each vertex of the job runs with it. */
export const rescaleJob = async (state: RescalingState, ports: Ports): Promise<RescalingState> => {
  const operation = await getOperation(state.operationId, ports.store);
  const { value } = operation;
  const { operationId } = value;
  if (isTerminalOperation(value)) return { operationId, outcome: 'done' };
  const ending = await explainEnd(value, ports);
  if (ending !== undefined) return toFailed(state, 'wrong-state', ending);
  const progress = await requireParallelism(value, ports);
  if (progress.outcome === 'done') return { operationId, outcome: 'done' };
  if (progress.outcome === 'failed') return toFailed(state, progress.reason, progress.message);
  const request = getRescaleRequest(value);
  if (ports.now().toISOString() > request.until)
    return toFailed(state, 'rescale-failed', await explainDelay(progress.parallelism, value, ports));
  await recordPhase(operation, `Flink rescales the job to parallelism ${request.data.parallelism}.`, ports);
  return { operationId, outcome: 'waiting', attempt: state.attempt ?? 0, waitSeconds: 0 };
};

const getRescaleRequest = (operation: StoredOperation): RequestOf<'rescale'> => {
  const request = findRequest(operation, 'rescale');
  if (request === undefined) throw new Error(`operation ${operation.operationId} is no rescale`);
  return request;
};

/** Why the job can no longer be rescaled, as its records tell. Undefined while it may run. */
const explainEnd = async (operation: StoredOperation, { store }: Ports): Promise<string | undefined> => {
  const { target, clusterId, jobId = '', clusterOperationId } = operation;
  const cluster = (await store.cluster(operation))?.value;
  if (cluster === undefined || isTerminalCluster(cluster) || cluster.operationId !== clusterOperationId)
    return `The incarnation of cluster ${clusterId} in target ${target} has ended, so job ${jobId} cannot be rescaled.`;
  const job = (await store.job(operation, jobId))?.value;
  return job !== undefined && isTerminalJob(job)
    ? `Job ${jobId} is ${job.state}, so it cannot be rescaled.`
    : undefined;
};

type Progress =
  | { readonly outcome: 'done' }
  /** `parallelism` is that with which the job runs. Undefined when Flink did not answer. */
  | { readonly outcome: 'waiting'; readonly parallelism?: number }
  | { readonly outcome: 'failed'; readonly reason: ProblemCode; readonly message: string };

/** A failure that may pass by itself is waited for until the end of the time of the command. */
const requireParallelism = async (operation: StoredOperation, ports: Ports): Promise<Progress> => {
  try {
    // A stop takes savepoints, for which all tasks have to run. A stop that fails leaves the cluster RUNNING.
    if ((await getCluster(operation, ports.store)).value.state !== 'RUNNING') return { outcome: 'waiting' };
    return await advanceRescale(operation, await openFlink(operation, ports));
  } catch (error) {
    // A JobManager that restarts does not have its jobs at first.
    if (error instanceof Fault && (error.code === 'not-found' || toProblem(error).retryable))
      return { outcome: 'waiting' };
    throw error;
  }
};

const openFlink = async ({ target, clusterId }: StoredOperation, ports: Ports): Promise<FlinkRest> =>
  flinkRest(ports.kubernetes(await ports.targets.get(target)).flink(clusterId));

const advanceRescale = async (operation: StoredOperation, rest: FlinkRest): Promise<Progress> => {
  const { jobId = '' } = operation;
  const { before, after } = getRescaleRequest(operation);
  const job = await rest.getVertices(jobId);
  if (isTerminalJob(job))
    return {
      outcome: 'failed',
      reason: 'wrong-state',
      message: `Job ${jobId} is ${job.state}, so it cannot be rescaled.`,
    };
  const required = await rest.getRequirements(jobId);
  if (isSameRequirements(required, after))
    return runsAsRequired(job, after) ? { outcome: 'done' } : { outcome: 'waiting', parallelism: findParallelism(job) };
  if (!isSameRequirements(required, before))
    return {
      outcome: 'failed',
      reason: 'superseded',
      message: `Another client of Flink has changed the parallelism of job ${jobId} in the meantime.`,
    };
  await rest.setRequirements(jobId, after);
  return { outcome: 'waiting', parallelism: findParallelism(job) };
};

const explainDelay = async (
  parallelism: number | undefined,
  operation: StoredOperation,
  ports: Ports,
): Promise<string> => {
  const { target, clusterId, jobId = '' } = operation;
  const { data, until } = getRescaleRequest(operation);
  if (parallelism === undefined)
    return `The JobManager of cluster ${clusterId} did not answer until ${until}, or the cluster was STOPPING, so it is unknown with which parallelism job ${jobId} runs.`;
  const refusal = await findPodRefusal(clusterId, ports.kubernetes(await ports.targets.get(target)));
  const cause = refusal === undefined ? '' : ` ${refusal.reason}: ${refusal.message}`;
  return `Job ${jobId} ran with parallelism ${parallelism} in place of ${data.parallelism} at ${until}, because Flink had not enough slots or had not rescaled it yet.${cause}`;
};

/** Step of the rescaling machine: records the success, and releases what the job needs less. */
export const recordRescaled = async (state: RescalingState, ports: Ports): Promise<RescalingState> => {
  await finishOperation(
    state.operationId,
    async (operation) => {
      const { capacity } = getRescaleRequest(operation);
      const releases = capacity !== undefined && !increases(capacity);
      return {
        end: { state: 'SUCCEEDED' },
        changes: releases ? await writeDemandChange({ target: operation.target, ...capacity }, capacity, ports) : {},
      };
    },
    ports,
  );
  return state;
};

/** Step of the rescaling machine: restores the last parallelism. */
export const restoreParallelism = async (state: RescalingState, ports: Ports): Promise<RescalingState> => {
  const { value } = await getOperation(state.operationId, ports.store);
  if (!isTerminalOperation(value)) await restoreRequirements(value, ports);
  const { code, message } = toFault(state);
  return toFailed(state, code, message);
};

/** Step of the rescaling machine: records why the rescale failed, and releases what the job would have needed more. */
export const recordRescaleFailure = async (state: RescalingState, ports: Ports): Promise<RescalingState> => {
  const { code, message } = toFault(state);
  const isRestored = state.error === undefined;
  const addition = ` The last parallelism could not be restored: ${parseStepError(state.error).message}`;
  await failRescale(state.operationId, new Fault(code, isRestored ? message : `${message}${addition}`), ports);
  return state;
};

/** Why the rescale failed: what a step has returned, or the error of a step. */
const toFault = ({ reason = '', message = '', error }: RescalingState): Fault => {
  const code = codeOf(reason);
  return code === undefined ? parseStepError(error) : new Fault(code, message);
};

/**
 * Makes Flink require again what the job required before the rescale, unless the job has ended or another client has
 * changed its requirements since.
 *
 * @throws Fault while Flink does not answer.
 */
export const restoreRequirements = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  const { jobId = '' } = operation;
  const { before, after } = getRescaleRequest(operation);
  if ((await explainEnd(operation, ports)) !== undefined) return;
  try {
    const rest = await openFlink(operation, ports);
    if (isSameRequirements(await rest.getRequirements(jobId), after)) await rest.setRequirements(jobId, before);
  } catch (error) {
    if (error instanceof Fault && (error.code === 'not-found' || error.code === 'wrong-state')) return;
    throw error;
  }
};

/** Records why a rescale failed, and releases what the job would have needed more. */
export const failRescale = (operationId: string, fault: Fault, ports: Ports) =>
  finishOperation(
    operationId,
    async (operation) => {
      const { capacity } = getRescaleRequest(operation);
      const changes: Pick<Change, 'admitted' | 'queueControl'> =
        capacity !== undefined && increases(capacity) ? await releaseReserved(operation, capacity, ports) : {};
      return { end: { state: 'FAILED', fault }, changes };
    },
    ports,
  );
