import type { Fault } from '#events/problems/problem.ts';
import type { QueuedCommand, QueuedRecord } from '#shared/clusters/model/admission/queue.ts';
import { toReadyKey } from '#shared/clusters/model/admission/ready-key.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { itemBytes } from '#shared/clusters/model/records/size.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { QueuedRecords } from '#shared/clusters/ports/store.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import { maxTransactionBytes, mergeChanges } from './merge-changes.ts';
import { evaluatePending } from './pending.ts';

/** A command that becomes ready takes three items of a transaction. */
const maxReady = 30;

/** A queued command that can never start, and why. */
export interface FailedCommand extends Pick<QueuedRecord, 'readyKey'> {
  readonly command: QueuedCommand;
  readonly fault: Fault;
}

interface Waiting {
  /** How many commands still wait for something besides capacity. */
  readonly waitingCount: number;
  readonly failed: readonly FailedCommand[];
}

/**
 * Gives a ready key to the commands that no longer wait for a dependency or their session, and to those that another version
 * of Drey has queued.
 *
 * @throws Fault `conflict`
 */
export const markReady = async (targetName: string, ports: Ports): Promise<Waiting> => {
  const waiting = await ports.store.waitingCommands(targetName);
  const target = await ports.targets.getLatest(targetName);
  const commands = waiting.map(({ value }) => value);
  const { pendingReasons, failed } = await evaluatePending(commands, target, ports);
  const ready = waiting.filter(({ value }) => !failed.has(value) && !pendingReasons.has(value.operationId));
  for (let index = 0; index < ready.length; index += maxReady)
    await markCommands(ready.slice(index, index + maxReady), ports);
  return {
    waitingCount: pendingReasons.size,
    failed: [...failed].map(([command, fault]) => ({ command, fault, readyKey: undefined })),
  };
};

type ReadyChange = Pick<Change, 'operations' | 'queued' | 'dequeued'>;

const markCommands = async (waiting: readonly QueuedRecord[], ports: Ports): Promise<void> => {
  const records = await ports.store.queuedRecords(waiting.map(({ value }) => value));
  let changes: ReadyChange[] = [];
  let bytes = 0;
  for (const [index, record] of records.entries()) {
    const change = toReadyChange(record, waiting[index]?.version);
    const changeBytes = itemBytes(change);
    if (bytes + changeBytes > maxTransactionBytes) {
      await commit(mergeChanges(changes), ports);
      [changes, bytes] = [[], 0];
    }
    changes.push(change);
    bytes += changeBytes;
  }
  await commit(mergeChanges(changes), ports);
};

/**
 * A command that has ended, or that another pass has marked in the meantime, only leaves the waiting ones.
 *
 * @param version That of the queued record, whose priority may change at the same time.
 */
const toReadyChange = ({ command, operation }: QueuedRecords, version: number | undefined): ReadyChange => {
  if (operation?.value.state !== 'QUEUED' || operation.value.readyKey !== undefined) return { dequeued: [command] };
  const readyKey = toReadyKey(command);
  return {
    operations: [{ value: { ...operation.value, readyKey }, previous: operation.version }],
    queued: [{ value: command, readyKey, previous: undefined }],
    dequeued: [{ ...command, version }],
  };
};
