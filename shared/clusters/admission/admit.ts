import { isDeepStrictEqual } from 'node:util';

import pMap from 'p-map';

import { dreyPrincipals } from '#events/principal.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { type AdmissionDecision, type Admitted, decideHeads } from '#shared/clusters/model/admission/admission.ts';
import type { QueuedCommand, QueuedRecord, QueueHead } from '#shared/clusters/model/admission/queue.ts';
import { addReservations, endReservations } from '#shared/clusters/model/admission/reservations.ts';
import { toDurations } from '#shared/clusters/model/durations.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { isolate } from '#shared/clusters/ports/isolation.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

import { endQueued, type QueuedEnd } from './end-queued.ts';
import { assertMayStart, maxConcurrency } from './pending.ts';
import { type Heads, readHeads } from './ready-commands.ts';
import { mergeChanges } from './merge-changes.ts';
import { addStarts, maxStarts, prepareStart, type Start, takeFitting } from './start-queued.ts';
import { changeQueueControl, controlWithUsage, readUsage, settleReleased } from './usage.ts';
import { type FailedCommand, markReady } from './waiting-commands.ts';

/** After this time a pass leaves the rest to another one, so that its function is not ended. */
const maxPassMs = 8_000;

/** How many commands a pass fails at most. They may be thousands that depend on a failed one. */
const maxFailed = 500;

/** How many commands of each kind and team a round reads at first: those of one transaction, and some that have ended. */
const minHeads = 25;
const headsGrowth = 4;

/** What a pass decides about. */
export interface PassOptions {
  /** Skip the commands that wait for a dependency or a session. */
  readonly onlyReady?: boolean;
}

/**
 * Runs an admission pass over the queue of a target: starts the commands that may start, many in one transaction, and fails
 * those that never can. It is the only one of its target, unless its message was delivered twice: then one of the two
 * passes conflicts with the other, and reads the queue again.
 *
 * @throws Fault `not-found` for an unknown target, `conflict` when concurrent writes won each time.
 */
export const admit = async (
  targetName: string,
  ports: Ports,
  { onlyReady = false }: PassOptions = {},
): Promise<void> => {
  const startMs = ports.now().getTime();
  const isTimeOver = () => ports.now().getTime() - startMs > maxPassMs;
  const waiting = onlyReady ? undefined : await retryOnConflict(ports, () => markReady(targetName, ports));
  let headCount = minHeads;
  let started = 0;
  let round: RoundResult;
  do {
    round = await retryOnConflict(ports, () => runRound(targetName, headCount, ports));
    started += round.started;
    if (round.next === 'deeper') headCount *= headsGrowth;
  } while (round.next !== 'none' && !isTimeOver());
  await updateSize(targetName, { round, started, waitingCount: waiting?.waitingCount }, ports);
  if (round.next !== 'none') await ports.admissionQueue.send(targetName, { onlyReady: true });
  // Failing comes last, because it may take long and must not delay the starts.
  const { failed = [] } = waiting ?? {};
  await failCommands(failed.slice(0, maxFailed), ports);
  if (failed.length > maxFailed) await ports.admissionQueue.send(targetName);
};

/** What a round has done, and whether another one may start further commands. */
interface RoundResult {
  readonly next: 'none' | 'same' | 'deeper';
  readonly started: number;
  /** How many commands that wait for capacity are left. Undefined when they were not all read. */
  readonly readyCount?: number | undefined;
  readonly approximateSize: number;
}

/** One round: what was read of the queue, and what follows from it in one transaction. */
interface Round {
  readonly head: QueueHead;
  readonly heads: Heads;
  readonly admitted: Admitted;
  readonly target: NamedTarget;
  readonly now: Date;
}

const runRound = async (targetName: string, headCount: number, ports: Ports): Promise<RoundResult> => {
  // Each round starts by the current limits.
  const [target, head] = await Promise.all([ports.targets.getLatest(targetName), ports.store.queueHead(targetName)]);
  const { approximateSize } = head;
  const repeated = { next: 'same', started: 0, approximateSize } as const;
  if (await settleReleased(target, head, ports)) return repeated;
  const usage = await readUsage(target, head, ports);
  if (usage === undefined) return repeated;
  const heads = await readHeads(target.name, headCount, ports);
  const now = ports.now();
  const failed = findFailed(heads.records, target, now);
  const excluded = new Set(failed.map(({ command }) => command));
  const commands = heads.records.map(({ value }) => value).filter((command) => !excluded.has(command));
  const admitted = { usage, replaceable: await readReplaceable(commands, target, ports) };
  const options = { target, paused: head.paused !== undefined, reservations: head.reservations, now };
  const { decisions, isComplete } = decideHeads({ commands, truncated: heads.truncated }, admitted, options);
  const startable = decisions.flatMap(({ command, pendingReason }) => (pendingReason === undefined ? [command] : []));
  if (startable.length > 0) {
    const started = await startCommands(startable, { head, heads, admitted, target, now }, ports);
    return { ...repeated, started };
  }
  if (failed.length > 0) {
    await failCommands(failed, ports);
    return repeated;
  }
  await recordReservations(decisions, { target, head, now }, ports);
  const readyCount = heads.truncated.size === 0 ? heads.records.length : undefined;
  return { next: isComplete ? 'none' : 'deeper', started: 0, readyCount, approximateSize };
};

/** Commands that can never start, because of their deadline or the limits of the target. */
const findFailed = (records: readonly QueuedRecord[], target: NamedTarget, now: Date): readonly FailedCommand[] => {
  const failed: FailedCommand[] = [];
  for (const { value: command, readyKey } of records)
    try {
      assertMayStart(command, target, now);
    } catch (error) {
      failed.push({ command, readyKey, fault: toFinalFault(error) });
    }
  return failed;
};

/** The admitted commands whose capacity queued commands take over. */
const readReplaceable = async (
  commands: readonly QueuedCommand[],
  { name }: NamedTarget,
  { store }: Ports,
): Promise<readonly QueuedCommand[]> => {
  const ids = commands.flatMap(({ replaces }) => replaces ?? []);
  return ids.length === 0 ? [] : store.admittedByIds(name, ids);
};

/**
 * Starts the first of some commands, as many as one transaction holds, and fails those whose session is ending.
 *
 * @returns How many left the queue.
 */
const startCommands = async (
  startable: readonly QueuedCommand[],
  { head, heads, admitted, target, now }: Round,
  ports: Ports,
): Promise<number> => {
  const first = startable.slice(0, maxStarts);
  const options = { target, replaceable: admitted.replaceable, now };
  const failed: FailedCommand[] = [];
  const prepared = (await ports.store.queuedRecords(first)).flatMap((records): readonly Start[] => {
    const { command } = records;
    const readyKey = findRecord(heads, command)?.readyKey;
    try {
      return [prepareStart({ ...records, readyKey }, options)];
    } catch (error) {
      failed.push({ command, readyKey, fault: toFinalFault(error) });
      return [];
    }
  });
  const starts = takeFitting(prepared);
  if (starts.length > 0) {
    const usage = addStarts(admitted.usage, starts);
    const reservations = endReservations(
      head.reservations,
      starts.map(({ command }) => command),
    );
    const queueControl = controlWithUsage(target, { ...head, reservations }, { usage, now });
    await commit({ ...mergeChanges(starts.map(({ change }) => change)), queueControl }, ports);
  }
  const started = starts.flatMap(({ operation }) => operation ?? []);
  await pMap(
    started,
    (operation) =>
      // The commands are admitted. The reconciler resumes those that do not continue.
      isolate({ message: 'resume of admitted command failed', fields: fieldsOf(operation), ports }, () =>
        resumeAdmitted(operation, ports),
      ),
    { concurrency: maxConcurrency },
  );
  for (const { command, operation } of starts) if (operation !== undefined) reportAdmitted(command, operation, ports);
  await failCommands(failed, ports);
  return starts.length + failed.length;
};

const reportAdmitted = ({ team }: QueuedCommand, operation: StoredOperation, { log, metrics }: Ports): void => {
  const { principal, kind: command, createdAt, startedAt = createdAt } = operation;
  const fields = { principal, command, ...fieldsOf(operation) };
  log.info('command admitted', fields);
  const [value = 0] = toDurations([createdAt, startedAt]);
  metrics.record('QueueWaitMilliseconds', { value, fields: { ...fields, team: team === '' ? undefined : team } });
};

/** The record from which a command was read. */
const findRecord = ({ records }: Heads, command: QueuedCommand): QueuedRecord | undefined =>
  records.find(({ value }) => value === command);

const fieldsOf = ({ operationId, target, clusterId }: StoredOperation) => ({ operationId, target, clusterId });

/** Records which commands reserve capacity, so that their reservations can expire. */
const recordReservations = async (
  decisions: readonly AdmissionDecision[],
  { target, head, now }: Pick<Round, 'target' | 'head' | 'now'>,
  ports: Ports,
): Promise<void> => {
  const reserving = decisions.flatMap(({ command, reserves }) => (reserves ? [command] : []));
  const reservations = addReservations(head.reservations, reserving, now);
  if (isDeepStrictEqual(reservations, head.reservations)) return;
  await commit({ queueControl: changeQueueControl(target.name, head, { reservations }) }, ports);
};

/** Fails queued commands. The record of one that has ended, or has no operation, and is still in the queue is removed. */
const failCommands = async (failed: readonly FailedCommand[], ports: Ports): Promise<void> => {
  const { admission: principal } = dreyPrincipals;
  await pMap(
    failed,
    async ({ command, readyKey, fault }) => {
      const hasFailed = await endIfFound(command, { state: 'FAILED', fault, principal }, ports);
      if (!hasFailed) await commit({ dequeued: [{ ...command, readyKey }] }, ports);
    },
    { concurrency: maxConcurrency },
  );
};

/** A command without an operation must not make each pass fail. */
const endIfFound = async (command: QueuedCommand, end: QueuedEnd, ports: Ports): Promise<boolean> => {
  try {
    return await endQueued(command, end, ports);
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found') return false;
    throw error;
  }
};

interface Sizes {
  readonly round: RoundResult;
  readonly started: number;
  /** How many commands wait for something else. Undefined when they were not read. */
  readonly waitingCount: number | undefined;
}

/** Sets the size of the queue where the pass has read all of it, and subtracts what it has started otherwise. */
const updateSize = async (
  target: string,
  { round: { readyCount, approximateSize }, started, waitingCount }: Sizes,
  { store }: Ports,
): Promise<void> => {
  const size = readyCount === undefined || waitingCount === undefined ? undefined : readyCount + waitingCount;
  if (size !== undefined && size !== approximateSize) await store.updateApproximateSize(target, { to: size });
  if (size === undefined && started > 0) await store.updateApproximateSize(target, { by: -started });
};

/** Starts the work of an admitted operation: the workflow of a submit, or a message for a deploy. */
export const resumeAdmitted = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  if (operation.kind === 'submit') await ports.workflows.start('submission', operation);
  else await ports.commandQueue.sendResume(operation);
};
