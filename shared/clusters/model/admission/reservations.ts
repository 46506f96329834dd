import type { QueuedCommand, Reservations } from './queue.ts';

/** How long the commands of a kind that do not fit into the target may hold up later ones, in all. */
const maxReservationMs = 30 * 60_000;

/** The time from the start of one period of reservations to that of the next. */
const cycleMs = 2 * 60 * 60_000;

const ageMs = (since: string, now: Date) => now.getTime() - Date.parse(since);

/**
 * Whether a command of the kind may reserve capacity now. A period lasts 30 minutes for all commands of the kind together,
 * so that a team cannot hold up the others for hours with several commands.
 */
export const mayReserve = (kind: QueuedCommand['kind'], reservations: Reservations, now: Date): boolean => {
  const current = reservations[kind];
  if (current === undefined) return true;
  const age = ageMs(current.since, now);
  return age <= maxReservationMs || age > cycleMs;
};

/** The reservations with those of some commands. A command that takes the place of another one continues its period. */
export const addReservations = (
  reservations: Reservations,
  reserving: readonly QueuedCommand[],
  now: Date,
): Reservations => {
  const added = reserving.map(({ kind, operationId }) => {
    const current = reservations[kind];
    const continues = current !== undefined && ageMs(current.since, now) <= maxReservationMs;
    return [kind, { operationId, since: continues ? current.since : now.toISOString() }] as const;
  });
  return { ...reservations, ...Object.fromEntries(added) };
};

/** The reservations without those of commands that start: their periods were of use, and the next one begins anew. */
export const endReservations = (reservations: Reservations, started: readonly QueuedCommand[]): Reservations => {
  const ids = new Set(started.map(({ operationId }) => operationId));
  return Object.fromEntries(
    Object.entries(reservations).filter(([, current]) => current !== undefined && !ids.has(current.operationId)),
  );
};
