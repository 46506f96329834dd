import { Failure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import type { Orphans } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { renderTable } from '#cli/output/table.ts';

import type { Context } from '../context.ts';

export const orphans = defineCommand({
  examples: {
    'drey orphans': 'list objects of the target that belong to no cluster',
    'drey orphans remove nightly-cluster-config-map': 'remove the object with this name',
    'drey orphans remove ConfigMap/nightly-cluster-config-map': 'remove an object whose name two kinds share',
  },
  run: async (context, [verb, ...names]) => {
    const target = await context.target();
    const found = await readList<Orphans>(context.api, path`/v1/targets/${target}/orphans`, { items: 'orphans' });
    if (verb === undefined) await showOrphans(found, target, context);
    else if (verb === 'remove' && names.length > 0) await remove(found, names, target, context);
    else throw new UsageError('Usage: drey orphans [remove NAME...]');
  },
});

const showOrphans = async (found: Orphans, target: string, context: Context): Promise<void> => {
  if (context.json) context.printJson(found);
  else if (found.orphans.length === 0) context.print(`Target ${target} has no orphans.`);
  else {
    const rows = found.orphans.map(({ kind, name, clusterId, reason }) => [kind, name, clusterId, reason]);
    context.print(await renderTable(['KIND', 'NAME', 'CLUSTER', 'REASON'], rows));
  }
};

const remove = async (
  { orphans }: Orphans,
  names: readonly string[],
  target: string,
  context: Context,
): Promise<void> => {
  const chosen = names.flatMap((name) => {
    const matching = orphans.filter((one) => name === one.name || name === `${one.kind}/${one.name}`);
    if (matching.length > 0) return matching;
    throw new Failure(`Target ${target} has no orphan ${name}.`, { hint: 'Run `drey orphans` to list them.' });
  });
  const removed = await context.api.post<Orphans>(path`/v1/targets/${target}/orphans/removal`, {
    orphans: chosen.map(({ kind, name, uid }) => ({ kind, name, uid })),
  });
  if (context.json) context.printJson(removed);
  else for (const { kind, name } of removed.orphans) context.print(`${kind} ${name} removed.`);
};
