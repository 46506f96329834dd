import pMap from 'p-map';

import { dreyPrincipals } from '#events/principal.ts';
import type { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { type AdmissionDecision, decideAdmissions } from '#shared/clusters/model/admission/admission.ts';
import type { QueuedCommand, QueueState } from '#shared/clusters/model/admission/queue.ts';
import { clearIdle } from '#shared/clusters/model/lifetime.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

import { endQueued, transitionQueuedCluster } from './end-queued.ts';
import { evaluatePending, maxConcurrency } from './pending.ts';
import { listReplaced, startTimeoutMs } from './queued-command.ts';

/**
 * Runs an admission pass over the queue of a target: starts the commands that may start, and fails those that never can.
 *
 * @throws Fault `not-found` for an unknown target, `conflict` when concurrent passes won each time.
 */
export const admit = async (targetName: string, ports: Ports): Promise<void> => {
  const target = await ports.targets.get(targetName);
  await retryOnConflict(ports, () => runAdmissionPass(target, ports));
};

const runAdmissionPass = async (target: NamedTarget, ports: Ports): Promise<void> => {
  const queueState = await ports.store.queue(target.name);
  const commands = queueState.queued.map(({ value }) => value);
  if (queueState.approximateSize !== commands.length)
    await ports.store.updateApproximateSize(target.name, { to: commands.length });
  if (commands.length === 0) return;
  const { pendingReasons, failed } = await evaluatePending(commands, target, ports);
  const now = ports.now();
  const decisions = decideAdmissions(
    commands.filter((command) => !failed.has(command)),
    queueState.admitted,
    { target, paused: queueState.paused !== undefined, pendingReasons, now },
  );
  await startCommands(decisions, queueState, ports);
  await recordReservations(decisions, { queueState, now }, ports);
  // Failing comes last, because it may take long and must not delay the starts.
  await failCommands(failed, ports);
  measureQueue(decisions, queueState, ports);
};

/** Measures what the pass leaves in the queue. A pause is a choice, so a paused queue has no age. */
const measureQueue = (
  decisions: readonly AdmissionDecision[],
  { paused }: QueueState,
  { metrics, now }: Ports,
): void => {
  const queued = decisions.filter(({ pendingReason }) => pendingReason !== undefined).map(({ command }) => command);
  const [first] = queued;
  if (first === undefined) return;
  const fields = { target: first.target };
  metrics.record('QueuedCommands', { value: queued.length, fields });
  const oldestMs = Math.min(...queued.map(({ since }) => Date.parse(since)));
  if (paused === undefined)
    metrics.record('OldestQueuedCommandSeconds', { value: (now().getTime() - oldestMs) / 1000, fields });
};

const startCommands = async (
  decisions: readonly AdmissionDecision[],
  queueState: QueueState,
  ports: Ports,
): Promise<void> => {
  let { queueVersion } = queueState;
  for (const { command, pendingReason } of decisions) {
    if (pendingReason === undefined && (await start(command, queueVersion, ports)))
      queueVersion = (queueVersion ?? 0) + 1;
  }
};

/** Records since when a command reserves capacity, so that its reservation can expire. */
const recordReservations = async (
  decisions: readonly AdmissionDecision[],
  { queueState, now }: { readonly queueState: QueueState; readonly now: Date },
  ports: Ports,
): Promise<void> => {
  const reservesSince = now.toISOString();
  for (const { command, reserves } of decisions) {
    if (!reserves || command.reservesSince !== undefined) continue;
    const previous = queueState.queued.find(({ value }) => value === command)?.version;
    await commit({ queued: { value: { ...command, reservesSince }, previous } }, ports);
  }
};

const failCommands = async (failed: ReadonlyMap<QueuedCommand, Fault>, ports: Ports): Promise<void> => {
  const { admission: principal } = dreyPrincipals;
  await pMap(failed, ([command, fault]) => endQueued(command, { state: 'FAILED', fault, principal }, ports), {
    concurrency: maxConcurrency,
  });
};

/** @returns Whether the command started. It may have ended since the queue was read. */
const start = async (command: QueuedCommand, queueVersion: number | undefined, ports: Ports): Promise<boolean> => {
  const { operationId, kind, target, clusterId } = command;
  const operation = await getOperation(operationId, ports.store);
  const { principal } = operation.value;
  if (operation.value.state !== 'QUEUED') {
    await commit({ dequeued: [command] }, ports);
    return false;
  }
  const now = ports.now();
  const deadline = new Date(now.getTime() + startTimeoutMs[kind]).toISOString();
  const fields = { startedAt: now.toISOString(), deadline };
  const started = transitionOperation(operation, { state: 'PENDING', fields }, now);
  await commit(
    {
      ...(kind === 'deploy'
        ? await transitionQueuedCluster(operation.value, { state: 'REQUESTED', principal }, ports)
        : clearIdle(await getCluster(command, ports.store))),
      operations: [started],
      queueControl: { target, paused: undefined, previous: queueVersion },
      admitted: [command],
      released: listReplaced(command),
      dequeued: [command],
    },
    ports,
  );
  await resumeAdmitted(started.value, ports);
  ports.log.info('command admitted', { principal, operationId, command: kind, target, clusterId });
  return true;
};

/** Starts the work of an admitted operation: the workflow of a submit, or a message for a deploy. */
export const resumeAdmitted = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  if (operation.kind === 'submit') await ports.workflows.start('submission', operation);
  else await ports.commandQueue.sendResume(operation);
};
