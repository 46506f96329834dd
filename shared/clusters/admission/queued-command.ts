import { Fault } from '#events/problem.ts';
import type { QueuedCommand } from '#shared/clusters/model/queue.ts';
import type { CommandRef } from '#shared/clusters/model/records.ts';

/** How long a command waits that names no deadline. */
const waitMs = 24 * 3_600_000;

/** What waits is kept for fourteen days. */
const maxWaitMs = 13 * 24 * 3_600_000;

/** How long an operation has from its start on. */
export const startTimeoutMs = { deploy: 10 * 60_000, submit: 30 * 60_000 } as const;

interface Asked {
  readonly priority: number;
  readonly deadline?: string | undefined;
  /** When what it starts would end: there is no use in starting it then. */
  readonly until?: string | undefined;
  readonly dependsOn: readonly string[];
}

/** The claim of a command that has just come. @throws Fault `malformed-request` for a deadline that is too far ahead */
export const newQueuedCommand = (
  fields: Omit<QueuedCommand, keyof Asked | 'since'>,
  { priority, deadline, until, dependsOn }: Asked,
  now: Date,
): QueuedCommand => {
  const asked = deadline === undefined ? now.getTime() + waitMs : Date.parse(deadline);
  // What shall have ended by then need not begin behind it.
  const latest = new Date(Math.min(asked, until === undefined ? Infinity : Date.parse(until)));
  if (latest.getTime() - now.getTime() > maxWaitMs) {
    const detail = 'it is more than 13 days ahead';
    throw new Fault('malformed-request', `/deadline: ${detail}`, { errors: [{ pointer: '/deadline', detail }] });
  }
  return { ...fields, priority, dependsOn, since: now.toISOString(), deadline: latest.toISOString() };
};

export const releasedByReplacement = ({ target, replaces }: QueuedCommand): readonly CommandRef[] =>
  replaces === undefined ? [] : [{ target, operationId: replaces }];
