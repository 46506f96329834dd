import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Orphans } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { tableOf } from '#cli/output/table.ts';

import type { Context } from '../context.ts';

export const orphans = defineCommand({
  examples: {
    'drey orphans': 'objects in the namespace of the target that belong to no cluster of Drey',
    'drey orphans remove nightly-cluster-config-map': 'remove the one of this name',
    'drey orphans remove ConfigMap/nightly-cluster-config-map': 'the same, where two kinds share a name',
  },
  run: async (context, [verb, ...names]) => {
    const target = await context.target();
    const found = await context.api.get<Orphans>(path`/v1/targets/${target}/orphans`);
    if (verb === undefined) await show(found, target, context);
    else if (verb === 'remove' && names.length > 0) await remove(found, names, target, context);
    else throw new UsageError('Usage: drey orphans, or drey orphans remove NAME...');
  },
});

const show = async (found: Orphans, target: string, context: Context): Promise<void> => {
  if (context.json) context.printJson(found);
  else if (found.orphans.length === 0) context.print(`Nothing is left behind in target ${target}.`);
  else {
    const rows = found.orphans.map(({ kind, name, clusterId, reason }) => [kind, name, clusterId, reason]);
    context.print(await tableOf(['KIND', 'NAME', 'CLUSTER', 'REASON'], rows));
  }
};

const remove = async (
  { orphans }: Orphans,
  names: readonly string[],
  target: string,
  context: Context,
): Promise<void> => {
  const chosen = names.flatMap((name) => {
    const meant = orphans.filter((one) => name === one.name || name === `${one.kind}/${one.name}`);
    if (meant.length > 0) return meant;
    throw new Failure(`${name} is no orphan in target ${target}.`, { hint: '`drey orphans` shows those there are.' });
  });
  const removed = await context.api.post<Orphans>(path`/v1/targets/${target}/orphans/removal`, {
    orphans: chosen.map(({ kind, name, uid }) => ({ kind, name, uid })),
  });
  if (context.json) context.printJson(removed);
  else for (const { kind, name } of removed.orphans) context.print(`${kind} ${name} is removed.`);
};
