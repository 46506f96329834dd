import * as z from 'zod';

/** What the keys of Drey's own commands begin with. */
const ownPrefix = 'drey:';

/** The idempotency key of a caller's command. */
export const IdempotencyKey = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?!drey:)/, 'Keys that begin with drey: are those of Drey itself. Choose another key.');

/** The idempotency key of a command that Drey gives itself. No caller can give a command this key, or name it. */
export const toOwnKey = (...parts: readonly (string | number)[]): string => `${ownPrefix}${parts.join('/')}`;
