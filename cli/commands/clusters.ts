import { defineCommand } from '#cli/commander/command.ts';
import { readClusters } from '#cli/flows/clusters.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { localTime } from '#cli/output/local-time.ts';
import { paintState, tableOf } from '#cli/output/table.ts';
import type { Cluster } from '#events/cluster.ts';

interface Options {
  readonly all?: boolean;
  readonly state?: string;
  readonly label?: string;
  readonly mode?: string;
}

export const clusters = defineCommand<Options>({
  options: {
    '-a, --all': 'also those that are over',
    '--state <states>':
      'only those in these states, separated by commas: QUEUED, REQUESTED, DEPLOYING, RUNNING, STOPPING, and when they are over STOPPED, FINISHED, CANCELED, FAILED',
    '--label <key=value>': 'only those with this label; several are separated by commas',
    '--mode <mode>': 'only these: session or application',
  },
  examples: {
    'drey clusters': 'those that live',
    'drey clusters --state FINISHED,CANCELED,FAILED --mode application --at etl':
      'how the applications of target etl ended',
  },
  run: async (context, _operands, { all, state, label, mode }) => {
    if (mode !== undefined && mode !== 'session' && mode !== 'application')
      throw new UsageError(`The mode is session or application, not "${mode}".`);
    const target = await context.target();
    const { clusterStates, isTerminalCluster } = await import('#events/cluster.ts');
    const inTarget = await readClusters(target, context, {
      state: state ?? (all === true ? clusterStates.join(',') : undefined),
      label,
    });
    const found = mode === undefined ? inTarget : inTarget.filter((one) => one.mode === mode);
    if (context.json) context.printJson({ clusters: found });
    else if (found.length === 0)
      context.print(
        `There is no ${state === undefined && all !== true ? 'live ' : 'such '}cluster in target ${target}.`,
      );
    else {
      const rows = found.map((one) => [
        one.clusterId,
        one.mode,
        paintState(one.state, context.io.stdout),
        localTime(one.createdAt),
        one.lifetime?.endsAt === undefined || isTerminalCluster(one) ? '' : localTime(one.lifetime.endsAt),
        one.image,
        reasonIn(one),
      ]);
      context.print(await tableOf(['CLUSTER', 'MODE', 'STATE', 'CREATED', 'ENDS', 'IMAGE', 'REASON'], rows));
    }
  },
});

/** One line of it: `drey describe` has the rest. */
const reasonIn = ({ reason, message }: Cluster): string => {
  const [line = ''] = [reason, message].filter(Boolean).join(': ').split('\n');
  return line.length > longestReason ? `${line.slice(0, longestReason)}…` : line;
};
const longestReason = 120;
