import type { Changes, PlannedChange } from '#events/http/plans.ts';
import { isRecord } from '#events/is-record.ts';
import { toPointer } from '#events/problems/problem.ts';
import type { Comparison } from '#shared/clusters/commands/rollouts/compare.ts';
import type { Change } from '#shared/clusters/model/changes.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Value } from '#shared/flink/config.ts';

import { maskOption, maskSpec } from './mask-spec.ts';

/** What an apply of a spec would change in a live cluster, without secrets. */
export const planChanges = ({
  current,
  before,
  after,
  unchanged,
  class: changeClass,
  changes,
}: Comparison): Changes => {
  const masked = [maskSpec(before), maskSpec(after)] as const;
  return {
    revision: current.number,
    unchanged,
    class: changeClass,
    changes: changes.map((change) => maskChange(change, masked)),
  };
};

type MaskedSpec = ReturnType<typeof maskSpec>;

const maskChange = (
  { path, from, ...values }: Change,
  [before, after]: readonly [MaskedSpec, MaskedSpec],
): PlannedChange => {
  const [member, key = ''] = path;
  const hide = (value: unknown, masked: MaskedSpec) =>
    // Options of a configuration have values of this type.
    member === 'config' ? maskValues(key, value as Value | undefined) : readMember(masked, path);
  return {
    pointer: toPointer(path),
    ...omitUndefined({ old: hide(values.old, before), new: hide(values.new, after) }),
    from,
  };
};

const maskValues = (key: string, value: Value | undefined): Value | undefined => {
  if (typeof value === 'object') return value.map((text) => maskOption(key, text));
  return typeof value === 'string' ? maskOption(key, value) : value;
};

/** The member at a path. Masks keep the form of a value, so that the path leads to the same member. */
const readMember = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inside, name) => {
    if (Array.isArray(inside)) return inside[Number(name)];
    return isRecord(inside) ? inside[name] : undefined;
  }, value);
