import type { Cluster } from '#events/records/cluster.ts';
import type { DeployPhase } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { followApplication } from '#shared/clusters/jobs/request-reconcile.ts';
import { flinkAnswered, transitionCluster, withCondition } from '#shared/clusters/model/cluster.ts';
import { toDurations } from '#shared/clusters/model/durations.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { isPastDeadline, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { stopEndedApplication } from './application.ts';
import { assessStartup } from './assess-startup.ts';
import { holding } from './hold.ts';
import { recordResubmitFailures, resubmitJobs } from './resubmit-jobs.ts';

/** The state that the startup machine passes from step to step. */
export interface StartupState {
  readonly operationId: string;
  readonly attempt?: number;
  /** `restoring`: the session is ready and has jobs to restore. `over`: the deploy has ended, or a stop superseded it. */
  readonly outcome?: 'ready' | 'restoring' | 'waiting' | 'failed' | 'over';
  readonly waitSeconds?: number;
  readonly reason?: string;
  readonly message?: string;
  /** The phases that the deploy has reached. */
  readonly phases?: readonly DeployPhase[];
  /** The digest of the image that the JobManager runs. */
  readonly imageDigest?: string;
  readonly error?: StepError;
}

/** Checks once whether the cluster is ready. */
const assessOnce = async ({ operationId }: StartupState, ports: Ports): Promise<StartupState> => {
  const operation = await getOperation(operationId, ports.store);
  const { value } = operation;
  // The function of the deploy records that the objects exist while it starts this execution.
  if (value.state === 'PENDING' && !isPastDeadline(value, ports.now())) return { operationId, outcome: 'waiting' };
  if (value.state !== 'IN_PROGRESS') return { operationId, outcome: 'over' };
  const kubernetes = ports.kubernetes(await ports.targets.get(value.target));
  const { mode } = (await getCluster(value, ports.store)).value;
  const { readiness, phases, imageDigest } = await assessStartup({ ...value, mode }, { ...ports, kubernetes });
  if (readiness.answer === 'yes') {
    const outcome = value.restoredJobs === undefined ? 'ready' : 'restoring';
    return { operationId, outcome, phases, ...omitUndefined({ imageDigest }) };
  }
  const { reason, message } = readiness;
  if (isPastDeadline(value, ports.now())) {
    const explained = `The cluster was not ready by ${value.deadline}. ${reason}: ${message}`;
    return { operationId, outcome: 'failed', reason: 'DeadlineExceeded', message: explained };
  }
  if (readiness.answer === 'no' && readiness.final) return { operationId, outcome: 'failed', reason, message };
  await recordPhase(operation, `${reason}: ${message}`, ports, { phases });
  return { operationId, outcome: 'waiting', phases };
};

/** Flink's REST API needs longer to start than the first pause, which spares the API server. */
const [startingPauseMs, startedPauseMs] = [2_000, 300];

/** Flink's REST API answers within this time after the start of its container, or takes long. */
const maxRestStartMs = 60_000;

const findStarted = ({ phases = [] }: StartupState) => phases.find(({ name }) => name === 'Started');

/** Whether Flink's container has started, and its REST API will answer soon. */
const isRestNear = (state: StartupState, now: Date): boolean => {
  const started = findStarted(state);
  const isUp = state.phases?.some(({ name }) => name === 'RestUp') === true;
  return started !== undefined && !isUp && now.getTime() < Date.parse(started.at) + maxRestStartMs;
};

/** Step of the startup machine: waits until the cluster is ready, or until it is certain that it does not become ready. */
export const assess = holding(assessOnce, {
  pauseMs: (next) => (findStarted(next) === undefined ? startingPauseMs : startedPauseMs),
  isNear: isRestNear,
});

/** Step of the startup machine: submits the restored jobs of the session. */
export const resubmit = async (state: StartupState, ports: Ports): Promise<StartupState> => {
  const { value: operation } = await getOperation(state.operationId, ports.store);
  await resubmitJobs(operation, ports);
  return state;
};

/** Step of the startup machine: records that the cluster is RUNNING. A short program may have ended already. */
export const recordRunning = async (state: StartupState, ports: Ports): Promise<StartupState> => {
  const { value: operation } = await getOperation(state.operationId, ports.store);
  if (state.error !== undefined) await recordResubmitFailures(operation, parseStepError(state.error), ports);
  const recorded = await transitionToRunning(state, ports);
  if (recorded.outcome !== 'over') recordDeployTimes(operation, recorded, ports);
  const { value: cluster } = await getCluster(operation, ports.store);
  if (cluster.mode === 'application' && cluster.operationId === state.operationId) {
    await observeJobs(operation, ports);
    const running = await stopEndedApplication(operation, ports);
    // A step that is repeated does not follow the application twice. The passes each minute see what this one missed.
    if (running !== undefined && recorded.outcome !== 'over') await followApplication(running, ports);
  }
  return recorded;
};

const recordDeployTimes = (
  { operationId, target, clusterId, startedAt, createdAt }: StoredOperation,
  { phases = [] }: StartupState,
  { metrics, now }: Ports,
): void => {
  const fields = { operationId, target, clusterId };
  const [startTime, runningAt] = [startedAt ?? createdAt, now().toISOString()];
  metrics.record('DeploySeconds', { value: (Date.parse(runningAt) - Date.parse(startTime)) / 1000, fields });
  const reached = [...phases, { name: 'Running', at: runningAt } as const].flatMap(({ name, at }) =>
    name === 'Pulling' ? [] : [{ name, at }],
  );
  const durations = toDurations([startTime, ...reached.map(({ at }) => at)]);
  const pulled = phases.some(({ name }) => name === 'Pulling');
  for (const [index, { name: phase }] of reached.entries())
    metrics.record('DeployPhaseMilliseconds', { phase, value: durations[index] ?? 0, fields: { ...fields, pulled } });
};

const transitionToRunning = (state: StartupState, ports: Ports): Promise<StartupState> =>
  transact<StartupState>(ports, async () => {
    const operation = await getOperation(state.operationId, ports.store);
    const cluster = await getCluster(operation.value, ports.store);
    if (operation.value.state !== 'IN_PROGRESS' || cluster.value.state !== 'DEPLOYING')
      return { result: { ...state, outcome: 'over' } };
    const now = ports.now();
    const { operationId, principal } = operation.value;
    const running = transitionCluster(cluster.value, 'RUNNING', { at: now, operationId, principal });
    const reachable = withCondition(running.cluster, flinkAnswered, now);
    return {
      change: {
        revisions: await withImageDigest(cluster.value, state, ports),
        cluster: { value: reachable, previous: cluster.version },
        operations: [transitionOperation(operation, { state: 'SUCCEEDED', phases: state.phases }, now)],
        events: running.events,
      },
      result: state,
    };
  });

/** The revision of the cluster with the digest of its image. The tag of an image may name another one later. */
const withImageDigest = async (
  cluster: Cluster,
  { imageDigest }: StartupState,
  { store }: Ports,
): Promise<NonNullable<Change['revisions']>> => {
  if (imageDigest === undefined || cluster.revision === undefined) return [];
  const revision = await store.revision(cluster, cluster.revision);
  return revision === undefined ? [] : [{ value: { ...revision.value, imageDigest }, previous: revision.version }];
};

/** Step of the startup machine: records why the cluster did not start, before the cleanup removes the evidence. */
export const recordFailed = async (state: StartupState, ports: Ports): Promise<StartupState> => {
  const { operationId, reason, message = '' } = state;
  const fault =
    reason === undefined ? parseStepError(state.error) : new Fault('deployment-failed', message, { reason });
  await failDeploy(operationId, fault, ports);
  return state;
};

/** Step of the startup machine: starts the cleanup machine, which removes the objects of the failed deploy. */
export const startCleanup = async (state: StartupState, ports: Ports): Promise<StartupState> => {
  const { operationId } = state;
  await ports.workflows.start('cleanup', { operationId, principal: ports.principal });
  return state;
};
