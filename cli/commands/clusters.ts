import { defineCommand } from '#cli/commander/command.ts';
import { noticeUnreadable, readClusters } from '#cli/flows/clusters.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { paintState, renderTable } from '#cli/output/table.ts';
import { clusterStates, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { shorten } from '#events/problems/shorten.ts';

interface Options {
  readonly all?: boolean;
  readonly state?: string;
  readonly label?: string;
  readonly mode?: string;
}

export const clusters = defineCommand<Options>({
  options: {
    '-a, --all': 'list terminal clusters as well',
    '--state <states>': 'list clusters in these states, separated by commas',
    '--label <key=value>': 'list clusters with these labels, separated by commas',
    '--mode <mode>': 'list sessions or applications only',
  },
  examples: {
    'drey clusters': 'list the live clusters',
    'drey clusters --state FINISHED,CANCELED,FAILED --mode application --at etl':
      'list the terminal applications of target etl',
    'drey clusters --all --label team=etl,stage=prod': 'list the clusters with both labels, terminal ones as well',
  },
  run: async (context, _operands, options) => {
    const { all, state, label, mode } = options;
    if (mode !== undefined && mode !== 'session' && mode !== 'application')
      throw new UsageError(`--mode must be session or application, not "${mode}".`);
    const target = await context.target();
    const list = await readClusters(target, context, {
      state: state ?? (all === true ? clusterStates.join(',') : undefined),
      label,
    });
    const selected = mode === undefined ? list.clusters : list.clusters.filter((one) => one.mode === mode);
    noticeUnreadable(target, list, context);
    if (context.json) context.printJson({ clusters: selected, unreadable: list.unreadable });
    else if (selected.length === 0) context.print(`Target ${target} has no ${describeSelection(options)}.`);
    else {
      const rows = selected.map((one) => [
        one.clusterId,
        one.mode,
        paintState(one.state, context.io.stdout),
        formatTime(one.createdAt),
        one.lifetime?.endsAt === undefined || isTerminalCluster(one) ? '' : formatTime(one.lifetime.endsAt),
        one.image,
        formatReason(one),
      ]);
      context.print(await renderTable(['CLUSTER', 'MODE', 'STATE', 'CREATED', 'EXPIRES', 'IMAGE', 'REASON'], rows));
    }
  },
});

/** The clusters that the options select: `live application with label team=etl`. */
const describeSelection = ({ all, state, label, mode }: Options): string =>
  [
    all === true || state !== undefined ? undefined : 'live',
    mode ?? 'cluster',
    state === undefined ? undefined : `in state ${state.replaceAll(',', ' or ')}`,
    label === undefined ? undefined : `with label ${label}`,
  ]
    .filter(Boolean)
    .join(' ');

/** The first line of the reason. `drey describe` shows all of it. */
const formatReason = ({ reason, message }: Cluster): string => {
  const [line = ''] = [reason, message].filter(Boolean).join(': ').split('\n');
  return shorten(line, maxReasonLength);
};
const maxReasonLength = 120;
