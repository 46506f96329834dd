import type { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { QueuedCommand, QueuedRecord } from '#shared/clusters/model/admission/queue.ts';
import { toReadyKey } from '#shared/clusters/model/admission/ready-key.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { QueuedRecords } from '#shared/clusters/ports/store.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import { evaluatePending } from './pending.ts';

/** A command that becomes ready takes three items of a transaction. */
const maxSorted = 30;

/** A queued command that can never start, and why. */
export interface FailedCommand extends Pick<QueuedRecord, 'readyKey'> {
  readonly command: QueuedCommand;
  readonly fault: Fault;
}

interface Waiting {
  /** How many commands still wait for something besides capacity. */
  readonly left: number;
  readonly failed: readonly FailedCommand[];
}

/**
 * Sorts the commands that no longer wait for a dependency or their session into the lists of those that wait for capacity.
 * Records that another version of Drey has queued are sorted in the same way.
 *
 * @throws Fault `conflict`
 */
export const sortWaiting = async (target: NamedTarget, ports: Ports): Promise<Waiting> => {
  const waiting = await ports.store.waitingCommands(target.name);
  const commands = waiting.map(({ value }) => value);
  const { pendingReasons, failed } = await evaluatePending(commands, target, ports);
  const ready = waiting.filter(({ value }) => !failed.has(value) && !pendingReasons.has(value.operationId));
  for (let index = 0; index < ready.length; index += maxSorted)
    await sortCommands(ready.slice(index, index + maxSorted), ports);
  return {
    left: pendingReasons.size,
    failed: [...failed].map(([command, fault]) => ({ command, fault, readyKey: undefined })),
  };
};

const sortCommands = async (waiting: readonly QueuedRecord[], ports: Ports): Promise<void> => {
  const records = await ports.store.queuedRecords(waiting.map(({ value }) => value));
  const changes = records.map((record, index) => toSorted(record, waiting[index]?.version));
  await commit(
    {
      operations: changes.flatMap(({ operations = [] }) => operations),
      queued: changes.flatMap(({ queued = [] }) => queued),
      dequeued: changes.flatMap(({ dequeued = [] }) => dequeued),
    },
    ports,
  );
};

/**
 * A command that has ended, or that another pass has sorted in the meantime, only leaves the waiting ones.
 *
 * @param version That of the queued record, whose priority may change at the same time.
 */
const toSorted = (
  { command, operation }: QueuedRecords,
  version: number | undefined,
): Pick<Change, 'operations' | 'queued' | 'dequeued'> => {
  if (operation?.value.state !== 'QUEUED' || operation.value.readyKey !== undefined) return { dequeued: [command] };
  const readyKey = toReadyKey(command);
  return {
    operations: [{ value: { ...operation.value, readyKey }, previous: operation.version }],
    queued: [{ value: command, readyKey, previous: undefined }],
    dequeued: [{ ...command, version }],
  };
};
