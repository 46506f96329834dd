import { createHash } from 'node:crypto';

import { type CommandKind, commands, type Origin } from '#events/commands/index.ts';
import { isRecord } from '#events/is-record.ts';
import { toCanonicalJson, withoutDefaults } from '#shared/clusters/model/canonical.ts';

/** What identifies a command, whatever its kind. */
export interface AnyCommand {
  readonly kind: CommandKind;
  readonly target: string;
  readonly clusterId: string | undefined;
  readonly key: string | undefined;
  readonly data: unknown;
  readonly origin: Origin;
  readonly batchItem?: object | undefined;
}

/**
 * Tells a repeated command from another command with the same idempotency key. Every version of Drey has to compute the
 * same value: members with their default value count as absent, because an older version may not have the member.
 */
export const computeFingerprint = (command: AnyCommand): string =>
  createHash('sha256')
    .update(toCanonicalJson(identify(command)))
    .digest('hex');

const identify = ({ kind, clusterId, data, origin, batchItem }: AnyCommand): readonly unknown[] => {
  // Drey chose the key of its own command, so that the key alone identifies it.
  if (batchItem !== undefined || origin === 'schedule' || origin === 'reconciler') return [kind, clusterId];
  const given = withoutDefaults(commands[kind].data, data);
  // A retried task repeats the command with another token.
  return [kind, clusterId, isRecord(given) ? { ...given, taskToken: undefined } : given];
};
