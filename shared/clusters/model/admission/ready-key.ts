import type { QueuedCommand } from './queue.ts';

/** The commands of one kind and team, which start in the order of their keys. */
type ListMember = Pick<QueuedCommand, 'kind' | 'team'>;

/** The highest priority of a command. */
export const maxPriority = 1_000;
const priorityDigits = 4;

/** The list of a queued command: its kind and team. The name of a team is escaped, so that no list lies in another one. */
export const toListKey = ({ kind, team }: ListMember): string => `${kind}#${encodeURIComponent(team)}`;

/**
 * The key of a queued command that waits for capacity only. Keys sort by list, and in a list by the order of admission:
 * higher priorities first, then older commands.
 */
export const toReadyKey = (command: QueuedCommand): string => {
  const { priority, since, operationId } = command;
  const rank = String(maxPriority - priority).padStart(priorityDigits, '0');
  return `${toListKey(command)}#${rank}#${since}#${operationId}`;
};

/** A key that follows all keys of a list, and precedes those of the next one. */
export const toListEnd = (member: ListMember): string => `${toListKey(member)}$`;
