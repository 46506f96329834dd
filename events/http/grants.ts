import * as z from 'zod';

import { type Verb, verbs } from './access.ts';

/** `etl`, all targets that begin with `etl-` (`etl-*`), or all (`*`). */
const TargetPattern = z
  .string()
  .regex(/^(?=.)[a-z0-9-]{0,63}\*?$/, 'Write the name of a target, the start of names and "*", or "*".');

/** What the callers with a token may do: the verb on each target, by a value of a claim. */
export const Grants = z.strictObject({
  /** For example `groups`. Its value is a text or a list of texts. */
  claim: z.string().min(1).max(200),
  rights: z.record(z.string().min(1).max(200), z.record(TargetPattern, z.enum(verbs))),
});
export type Grants = z.infer<typeof Grants>;

interface Need {
  readonly verb: Verb;
  /** The target in the path. A route without one needs the verb on all targets. */
  readonly target: string | undefined;
}

export type Claims = Readonly<Record<string, unknown>>;

/** Whether the claims of a token give the right that a route needs. */
export const isGranted = ({ verb, target }: Need, claims: Claims, { claim, rights }: Grants): boolean =>
  listValues(claim, claims)
    .flatMap((value) => (Object.hasOwn(rights, value) ? Object.entries(rights[value] ?? {}) : []))
    .some(([pattern, granted]) => matches(pattern, target) && verbs.indexOf(granted) >= verbs.indexOf(verb));

const matches = (pattern: string, target: string | undefined): boolean => {
  if (pattern === '*') return true;
  if (target === undefined) return false;
  return pattern.endsWith('*') ? target.startsWith(pattern.slice(0, -1)) : target === pattern;
};

/** @see RFC 8693, 4.2: the values of `scope` are separated by blanks. Some issuers call the claim `scp`. */
const listValues = (claim: string, claims: Claims): readonly string[] => {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (typeof value === 'string') return claim === 'scope' || claim === 'scp' ? value.split(' ') : [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};
