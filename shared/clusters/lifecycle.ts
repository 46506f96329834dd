import { Fault } from '#events/problem.ts';
import { flinkRest } from '#shared/flink/rest.ts';

import { type Caught, faultOf } from './caught.ts';
import { failDeploy } from './deploy.ts';
import type { Kubernetes, Ports, StoredOperation } from './ports.ts';
import { judge, type Probe } from './probe.ts';
import { clusterAt, notePhase, operationOf, progressed, update } from './records.ts';
import { moved, withReachable } from './state.ts';

/** What the lifecycle machine carries from step to step. */
export interface LifecycleState {
  readonly operationId: string;
  readonly attempt?: number;
  readonly outcome?: 'ready' | 'waiting' | 'failed' | 'over';
  readonly waitSeconds?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly error?: Caught;
}

const shortestWaitSeconds = 2;
const longestWaitSeconds = 15;
const logLines = 20;
/** Events and items have their limits, and a line of a log has none. */
const mostLogCharacters = 4_000;

/** Looks once whether the cluster is up. */
export const probe = async (
  { operationId, attempt = 0 }: LifecycleState,
  ports: Ports,
  signal: AbortSignal,
): Promise<LifecycleState> => {
  const operation = await operationOf(operationId, ports.store);
  if (operation.value.state !== 'IN_PROGRESS') return { operationId, outcome: 'over' };
  const target = await ports.targets.get(operation.value.target);
  const seen = await look(ports.kubernetes(target), operation.value, ports.now(), signal);
  if (seen.answer === 'yes') return { operationId, outcome: 'ready' };
  const overdue = ports.now().toISOString() > operation.value.deadline;
  if (overdue || (seen.answer === 'no' && seen.final)) {
    const message = overdue ? `not up by ${operation.value.deadline}: ${seen.reason}: ${seen.message}` : seen.message;
    return { operationId, outcome: 'failed', reason: overdue ? 'DeadlineExceeded' : seen.reason, message };
  }
  await notePhase(operation, `${seen.reason}: ${seen.message}`, ports);
  return {
    operationId,
    outcome: 'waiting',
    attempt: attempt + 1,
    waitSeconds: Math.min(shortestWaitSeconds + Math.floor(attempt / 3), longestWaitSeconds),
  };
};

const look = async (
  kubernetes: Kubernetes,
  { clusterId, createdAt }: StoredOperation,
  now: Date,
  signal: AbortSignal,
): Promise<Probe> => {
  try {
    const verdict = judge(await kubernetes.observe(clusterId, signal), (now.getTime() - Date.parse(createdAt)) / 1000);
    if (verdict.answer === 'no' && verdict.final)
      return { ...verdict, message: await withLog(verdict.message, clusterId, kubernetes, signal) };
    if (verdict.answer !== 'ask-flink') return verdict;
  } catch (error) {
    return unknown(error);
  }
  try {
    await flinkRest(kubernetes.flink(clusterId)).overview(signal);
    return { answer: 'yes' };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { answer: 'no', reason: 'Starting', message: "Flink's REST API does not answer yet", final: false };
  }
};

const unknown = (error: unknown): Probe => {
  if (!(error instanceof Fault)) throw error;
  return { answer: 'unknown', reason: error.code, message: error.message };
};

/** The end of what the JobManager wrote says most about why it does not stay up. */
const withLog = async (
  message: string,
  clusterId: string,
  kubernetes: Kubernetes,
  signal: AbortSignal,
): Promise<string> => {
  try {
    const log =
      (await kubernetes.logs(clusterId, { lines: logLines, previous: true }, signal)) ??
      (await kubernetes.logs(clusterId, { lines: logLines }, signal));
    return log === undefined || log === '' ? message : `${message}\n${log.slice(-mostLogCharacters)}`;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return message; // The log is an extra: the reason stands without it.
  }
};

/** Records that the cluster is up. */
export const recordRunning = (state: LifecycleState, ports: Ports): Promise<LifecycleState> =>
  update<LifecycleState>(ports.store, async () => {
    const operation = await operationOf(state.operationId, ports.store);
    const cluster = await clusterAt(operation.value, ports.store);
    if (operation.value.state !== 'IN_PROGRESS' || cluster.value.state !== 'DEPLOYING')
      return { result: { ...state, outcome: 'over' } };
    const now = ports.now();
    const next = moved(cluster.value, 'RUNNING', { at: now, operationId: state.operationId });
    const reachable = withReachable(
      next.cluster,
      { status: 'True', reason: 'Answered', message: 'Flink answered' },
      now,
    );
    return {
      change: {
        cluster: { value: reachable, previous: cluster.version },
        operations: [progressed(operation, { state: 'SUCCEEDED' }, now)],
        transitions: next.transitions,
      },
      result: state,
    };
  });

/** Records why the cluster did not come up: before anything is removed that proves it. */
export const recordFailed = async (state: LifecycleState, ports: Ports): Promise<LifecycleState> => {
  const { operationId, reason, message = '' } = state;
  const fault = reason === undefined ? faultOf(state.error) : new Fault('deployment-failed', message, { reason });
  await failDeploy(operationId, fault, ports);
  return state;
};

/** Hands the removal of what was created to the cleanup machine. */
export const startCleanup = async (state: LifecycleState, ports: Ports): Promise<LifecycleState> => {
  await ports.machines.start('cleanup', state.operationId);
  return state;
};
