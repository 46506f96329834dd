import { Failure } from '#cli/api/failure.ts';
import { defineCommand } from '#cli/commander/command.ts';
import type { Context } from '#cli/context.ts';
import {
  findTargets,
  holdStarts,
  type LiveTarget,
  readLiveTargets,
  readOrphans,
  stopClusters,
  type StopBody,
} from '#cli/flows/session/shutdown.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { paintState, renderTable } from '#cli/output/table.ts';

interface Options extends StopBody {
  readonly yes?: boolean;
}

export const shutdown = defineCommand<Options>({
  options: {
    '-y, --yes': 'stop everything; without it, only list it',
    '--savepoint <policy>': 'none, best-effort or required (default)',
    '--savepoint-directory <url>': 'directory of the savepoints',
    '--ha <policy>': 'keep or purge high-availability data',
  },
  examples: {
    'drey shutdown': 'list the live clusters and enabled schedules of all targets',
    'drey shutdown --yes --savepoint-directory s3://bucket/savepoints':
      'stop all of them, each job with a savepoint, before you remove Drey',
    'drey shutdown etl --yes --savepoint none': 'stop all clusters of target etl without savepoints',
  },
  run: async (context, names, { yes = false, savepoint = 'required', savepointDirectory, ha }) => {
    if (context.options.at !== undefined)
      throw new UsageError('`drey shutdown` takes targets as operands: drey shutdown NAME...');
    const targets = await findTargets(names, context);
    const live = await readLiveTargets(targets, context);
    if (!yes) {
      await showLive(live, context);
      return assertNoFailures(listUnknown(live), unknownHint);
    }
    for (const one of live) await holdStarts(one, context);
    const body = { savepoint, ...(savepointDirectory && { savepointDirectory }), ...(ha && { ha }) };
    const failures = await stopClusters(targets, body, context);
    const orphans = await readOrphans(targets, context);
    if (context.json) context.printJson({ targets: orphans, failures });
    else orphans.forEach((one) => printOrphans(one, context));
    assertNoFailures(failures, failuresHint);
    if (!context.json)
      context.print('No cluster is live. The admission queues are paused, and the schedules are disabled.');
  },
});

const unknownHint = 'Deploy the version of Drey that wrote the records, then run `drey shutdown` again.';
const failuresHint =
  'Run `drey shutdown --yes` again, or with --savepoint none to stop without savepoints. ' +
  'For records of another version, deploy that version first.';

const listUnknown = (live: readonly LiveTarget[]) => live.flatMap(({ unknown }) => unknown);

const assertNoFailures = (lines: readonly string[], hint: string): void => {
  if (lines.length > 0) throw new Failure('Some clusters or schedules may still be live.', { lines, hint });
};

const showLive = async (live: readonly LiveTarget[], context: Context): Promise<void> => {
  if (context.json) return context.printJson({ targets: live });
  const rows = live.flatMap(({ target, clusters, schedules }) => [
    ...clusters.map(({ clusterId, mode, state }) => [target, mode, clusterId, paintState(state, context.io.stdout)]),
    ...schedules.map(({ name }) => [target, 'schedule', name, 'enabled']),
  ]);
  if (rows.length === 0) {
    if (listUnknown(live).length === 0) context.print('No cluster is live, and no schedule is enabled.');
    return;
  }
  context.print(await renderTable(['TARGET', 'KIND', 'NAME', 'STATE'], rows));
  context.printNotice('Run `drey shutdown --yes` to disable the schedules, pause the queues and stop the clusters.');
};

const printOrphans = (
  { target, orphans }: Awaited<ReturnType<typeof readOrphans>>[number],
  { print }: Context,
): void => {
  if (typeof orphans === 'string') print(`Target ${target}: its orphans are unknown. ${orphans}`);
  else if (orphans.length > 0)
    print(
      `Target ${target} has ${orphans.length} orphaned Kubernetes object${orphans.length === 1 ? '' : 's'}. Run \`drey orphans --at ${target}\` to list them.`,
    );
};
