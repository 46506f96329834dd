import type { Cluster } from '#events/cluster.ts';
import type { JobState } from '#events/job.ts';
import type { DeployPhase } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import { explainCrash } from '#shared/clusters/jobs/job-manager-log.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { transitionCluster, withCondition } from '#shared/clusters/model/cluster.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import { assessReadiness, deployPhasesOf, type Readiness } from '#shared/clusters/model/readiness.ts';
import { type StepError, toFault } from '#shared/clusters/model/step-error.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

import { stopEndedApplication } from './application.ts';
import { recordResubmitFailures, resubmitJobs } from './resubmit-jobs.ts';

/** What the lifecycle machine carries from step to step. */
export interface StartupState {
  readonly operationId: string;
  readonly attempt?: number;
  /** `restoring`: it is ready, and there are jobs to start again. */
  readonly outcome?: 'ready' | 'restoring' | 'waiting' | 'failed' | 'over';
  readonly waitSeconds?: number;
  readonly reason?: string;
  readonly message?: string;
  /** What the deploy has reached, when it is over. */
  readonly phases?: readonly DeployPhase[];
  readonly error?: StepError;
}

const shortestWaitSeconds = 2;
const longestWaitSeconds = 15;

/** Looks once whether the cluster is up. */
export const probe = async ({ operationId, attempt = 0 }: StartupState, ports: Ports): Promise<StartupState> => {
  const operation = await getOperation(operationId, ports.store);
  if (operation.value.state !== 'IN_PROGRESS') return { operationId, outcome: 'over' };
  const target = await ports.targets.get(operation.value.target);
  const { mode } = (await getCluster(operation.value, ports.store)).value;
  const { seen, phases } = await look(ports.kubernetes(target), { ...operation.value, mode }, ports.now());
  const ready = operation.value.restoredJobs === undefined ? 'ready' : 'restoring';
  if (seen.answer === 'yes') return { operationId, outcome: ready, phases };
  const overdue = ports.now().toISOString() > operation.value.deadline;
  if (overdue || (seen.answer === 'no' && seen.final)) {
    const message = overdue ? `not up by ${operation.value.deadline}: ${seen.reason}: ${seen.message}` : seen.message;
    return { operationId, outcome: 'failed', reason: overdue ? 'DeadlineExceeded' : seen.reason, message };
  }
  await recordPhase(operation, `${seen.reason}: ${seen.message}`, ports, phases);
  return {
    operationId,
    outcome: 'waiting',
    attempt: attempt + 1,
    waitSeconds: Math.min(shortestWaitSeconds + Math.floor(attempt / 3), longestWaitSeconds),
  };
};

interface Seen {
  readonly seen: Readiness;
  readonly phases: readonly DeployPhase[];
}

const look = async (
  kubernetes: Kubernetes,
  operation: StoredOperation & Pick<Cluster, 'mode'>,
  now: Date,
): Promise<Seen> => {
  const { clusterId, createdAt, startedAt = createdAt } = operation;
  let phases: readonly DeployPhase[] = [];
  try {
    const observation = await kubernetes.observe(clusterId);
    phases = deployPhasesOf(observation);
    const verdict = assessReadiness(observation, (now.getTime() - Date.parse(startedAt)) / 1000);
    if (verdict.answer === 'no' && verdict.final) {
      const message = await explainCrash(verdict.message, clusterId, kubernetes);
      return { seen: { ...verdict, message }, phases };
    }
    if (verdict.answer !== 'ask-flink') return { seen: verdict, phases };
  } catch (error) {
    return { seen: unknown(error), phases };
  }
  const seen = await ask(kubernetes, operation);
  return { seen, phases: isAnswer(seen) ? [...phases, restUp(operation, now)] : phases };
};

const ask = async (
  kubernetes: Kubernetes,
  { clusterId, mode }: StoredOperation & Pick<Cluster, 'mode'>,
): Promise<Readiness> => {
  try {
    const rest = flinkRest(kubernetes.flink(clusterId));
    if (mode === 'session') await rest.getOverview();
    else if (!(await rest.listJobs()).some(({ state }) => !beginning.has(state))) return submitting;
    return { answer: 'yes' };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { answer: 'no', reason: 'Starting', message: "Flink's REST API does not answer yet", final: false };
  }
};

const isAnswer = (seen: Readiness) => seen.answer === 'yes' || seen === submitting;

/** Since it was first seen to answer. */
const restUp = ({ phases = [] }: StoredOperation, now: Date): DeployPhase =>
  phases.find(({ name }) => name === 'RestUp') ?? { name: 'RestUp', at: now.toISOString() };

/** A job in these states has not run yet. */
const beginning: ReadonlySet<JobState> = new Set(['INITIALIZING', 'CREATED']);
const submitting: Readiness = {
  answer: 'no',
  reason: 'Starting',
  message: 'its program has no running job yet',
  final: false,
};

const unknown = (error: unknown): Readiness => {
  if (!(error instanceof Fault)) throw error;
  return { answer: 'unknown', reason: error.code, message: error.message };
};

/** Submits the jobs that the session starts again. */
export const resubmit = async (state: StartupState, ports: Ports): Promise<StartupState> => {
  const { value: operation } = await getOperation(state.operationId, ports.store);
  await resubmitJobs(operation, ports);
  return state;
};

/** Records that the cluster is up. A short program may have ended by then. */
export const recordRunning = async (state: StartupState, ports: Ports): Promise<StartupState> => {
  const { value: operation } = await getOperation(state.operationId, ports.store);
  if (state.error !== undefined) await recordResubmitFailures(operation, toFault(state.error), ports);
  const recorded = await recordUp(state, ports);
  const { value: cluster } = await getCluster(operation, ports.store);
  if (cluster.mode === 'application' && cluster.operationId === state.operationId) {
    await observeJobs(operation, ports);
    await stopEndedApplication(operation, ports);
  }
  return recorded;
};

const recordUp = (state: StartupState, ports: Ports): Promise<StartupState> =>
  transact<StartupState>(ports, async () => {
    const operation = await getOperation(state.operationId, ports.store);
    const cluster = await getCluster(operation.value, ports.store);
    if (operation.value.state !== 'IN_PROGRESS' || cluster.value.state !== 'DEPLOYING')
      return { result: { ...state, outcome: 'over' } };
    const now = ports.now();
    const next = transitionCluster(cluster.value, 'RUNNING', { at: now, operationId: state.operationId });
    const reachable = withCondition(
      next.cluster,
      'Reachable',
      { status: 'True', reason: 'Answered', message: 'Flink answered' },
      now,
    );
    return {
      change: {
        cluster: { value: reachable, previous: cluster.version },
        operations: [transitionOperation(operation, { state: 'SUCCEEDED', phases: state.phases }, now)],
        events: next.events,
      },
      result: state,
    };
  });

/** Records why the cluster did not come up: before anything is removed that proves it. */
export const recordFailed = async (state: StartupState, ports: Ports): Promise<StartupState> => {
  const { operationId, reason, message = '' } = state;
  const fault = reason === undefined ? toFault(state.error) : new Fault('deployment-failed', message, { reason });
  await failDeploy(operationId, fault, ports);
  return state;
};

/** Hands the removal of what was created to the cleanup machine. */
export const startCleanup = async (state: StartupState, ports: Ports): Promise<StartupState> => {
  await ports.workflows.start('cleanup', state.operationId);
  return state;
};
