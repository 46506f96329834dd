import type { Finding } from '#events/http/target-check.ts';

import { describeRight, type Right } from './rights.ts';

/** The rights that were asked for, with the answers; undefined when Drey may not ask. */
export interface Reviewed {
  readonly rights: readonly Right[];
  readonly answers: readonly boolean[] | undefined;
}

interface RoleOptions {
  readonly check: Finding['check'];
  /** Who has the rights. */
  readonly who: string;
  /** The command that mends the finding. */
  readonly remedy: string;
  /** The command that lets Drey ask. */
  readonly remedyOfUnknown: string;
  /** What needs the rights, if not every cluster does. */
  readonly onlyFor?: string;
}

/** Whether an account has all rights of a Role. */
export const checkRole = (
  { rights, answers }: Reviewed,
  { check, who, remedy, remedyOfUnknown, onlyFor }: RoleOptions,
): Finding => {
  if (answers === undefined) return toUnasked(check, who, remedyOfUnknown);
  const missing = describeAll(rights, answers, false);
  if (missing.length === 0)
    return {
      check,
      state: 'ok',
      detail: `${who} has all permissions of the Role.${onlyFor === undefined ? '' : ` Only ${onlyFor} needs them.`}`,
    };
  const detail = `${who} may not: ${missing.join(', ')}.`;
  return onlyFor === undefined
    ? { check, state: 'missing', detail, remedy }
    : { check, state: 'optional', detail: `${detail} Only ${onlyFor} needs that.`, remedy };
};

interface ExcessOptions extends Omit<RoleOptions, 'onlyFor'> {
  /** Further rights that nobody needs, by their names. */
  readonly others?: readonly string[];
}

/** Whether an account may do what nobody needs. */
export const checkExcess = (
  { rights, answers }: Reviewed,
  { check, who, remedy, remedyOfUnknown, others = [] }: ExcessOptions,
): Finding => {
  if (answers === undefined) return toUnasked(check, who, remedyOfUnknown);
  const excess = [...new Set([...describeAll(rights, answers, true), ...others])];
  if (excess.length === 0) return { check, state: 'ok', detail: `${who} has no other permission that was asked for.` };
  // The right to do everything includes the others.
  const shown = excess.filter((name) => name.startsWith('everything'));
  return {
    check,
    state: 'too-wide',
    detail: `${who} may, but need not: ${(shown.length > 0 ? shown : excess).join(', ')}.`,
    remedy,
  };
};

const describeAll = (rights: readonly Right[], answers: readonly boolean[], allowed: boolean): readonly string[] =>
  rights.filter((_right, index) => answers[index] === allowed).map(describeRight);

const toUnasked = (check: Finding['check'], who: string, remedy: string): Finding => ({
  check,
  state: 'unknown',
  detail: `Drey may not ask what ${who} may do.`,
  remedy,
});
