import type { RolloutOptions } from '#events/commands/index.ts';
import { Fault } from '#events/problems/problem.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

/**
 * Each stop, start and verification of a rollout has an own deadline. This one is for an execution that has ended without a
 * verdict: longer than all of them together, queues included.
 */
export const rolloutDeadlineMs = 4 * 24 * 3_600_000;

/** A new revision, or a new job, is watched at most so long. */
const maxStableWithinMs = 24 * 3_600_000;

/** @throws Fault `malformed-request` */
export const assertStableWithin = ({ stableWithin }: Pick<RolloutOptions, 'stableWithin'>, pointer: string): void => {
  if (parseDuration(stableWithin) <= maxStableWithinMs) return;
  const detail = 'A revision is watched for at most 1 d.';
  throw new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
};
