import { Fault } from '#events/problems/problem.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import type { CommandRef } from '#shared/clusters/model/records/records.ts';

/** How long a command without a deadline may wait. */
const defaultWaitMs = 24 * 3_600_000;

/** The store and the bucket keep what belongs to a queued command for 14 days. */
const maxWaitMs = 13 * 24 * 3_600_000;

/** How long an operation may take from its start. */
export const startTimeoutMs = { deploy: 10 * 60_000, submit: 30 * 60_000 } as const;

/** What a command requests about its start. */
interface StartOptions {
  readonly priority: number;
  readonly deadline?: string | undefined;
  /** When the new cluster would expire. Starting it after that time has no use. */
  readonly until?: string | undefined;
  readonly dependsOn: readonly string[];
}

/**
 * A command that joins the admission queue now.
 *
 * @throws Fault `malformed-request` for a deadline more than 13 days ahead.
 */
export const newQueuedCommand = (
  fields: Omit<QueuedCommand, keyof StartOptions | 'since'>,
  { priority, deadline, until, dependsOn }: StartOptions,
  now: Date,
): QueuedCommand => {
  const requestedMs = deadline === undefined ? now.getTime() + defaultWaitMs : Date.parse(deadline);
  const latestMs = Math.min(requestedMs, until === undefined ? Infinity : Date.parse(until));
  assertNotTooFar(latestMs, now);
  return { ...fields, priority, dependsOn, since: now.toISOString(), deadline: new Date(latestMs).toISOString() };
};

/** @throws Fault `malformed-request` */
const assertNotTooFar = (deadlineMs: number, now: Date): void => {
  if (deadlineMs - now.getTime() > maxWaitMs) throw newDeadlineFault('The deadline is more than 13 days ahead.');
};

const newDeadlineFault = (detail: string) =>
  new Fault('malformed-request', `/deadline: ${detail}`, { errors: [{ pointer: '/deadline', detail }] });

/**
 * Checks the deadline of a command that starts something later.
 *
 * @throws Fault `malformed-request` for a deadline that has passed, or is more than 13 days ahead.
 */
export const assertDeadlineAhead = (deadline: string | undefined, now: Date): void => {
  if (deadline === undefined) return;
  const deadlineMs = Date.parse(deadline);
  if (deadlineMs <= now.getTime()) throw newDeadlineFault(`${deadline} is in the past.`);
  assertNotTooFar(deadlineMs, now);
};

/** The failed deploy whose capacity becomes free when this command is admitted. */
export const listReplaced = ({ target, replaces }: QueuedCommand): readonly CommandRef[] =>
  replaces === undefined ? [] : [{ target, operationId: replaces }];
