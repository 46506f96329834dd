import type { PlanRequest } from '#events/http/plans.ts';
import { isRecord } from '#events/is-record.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import { listMasks } from '#events/secrets.ts';

import { maskSpec } from './mask-spec.ts';

/**
 * A spec in which each text that Drey has masked in a revision is what the revision has at the same place. Other masks remain.
 */
export const unmaskSpec = <T extends Omit<PlanRequest, 'revision'>>(given: T, stored: RevisionSpec): T => {
  const masked = maskSpec(stored);
  const unmasked = structuredClone(given);
  for (const path of listMasks(given)) {
    const value = valueAt(stored, path);
    if (value !== undefined && valueAt(masked, path) === valueAt(given, path)) setAt(unmasked, path, value);
  }
  return unmasked;
};

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((member, name) => (hasMember(member, name) ? member[name] : undefined), value);

const setAt = (value: unknown, path: readonly string[], text: unknown): void => {
  const [parent, last = ''] = [valueAt(value, path.slice(0, -1)), path.at(-1)];
  if (hasMember(parent, last)) parent[last] = text;
};

const hasMember = (value: unknown, name: string): value is Record<string, unknown> =>
  (isRecord(value) || Array.isArray(value)) && Object.hasOwn(value, name);
