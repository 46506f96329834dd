import { defaultPolicy } from '#events/records/policy.ts';
import type { Target } from '#events/records/target.ts';
import { targetKey } from '#shared/aws/table/keys.ts';
import { writeRevision } from '#shared/aws/table/target-revision.ts';

import type { TableItem } from './table.ts';

/** A target with the defaults of every policy. */
export const plainTarget: Target = {
  cluster: 'eks',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: {},
  policy: defaultPolicy,
  limits: {},
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1_000,
};

/** The items of the table that a target has, apart from its claim. */
export const listTargetItems = (name: string, target: Target): readonly TableItem[] => {
  const revision = 'first';
  const copies = writeRevision(name, revision, { table: '' }).map(({ Put }) => Put?.Item as TableItem | undefined);
  return [{ ...targetKey(name), value: target, revision }, ...copies.filter((item) => item !== undefined)];
};
