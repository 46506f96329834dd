import { readClusters } from '../clusters.ts';
import { defineCommand } from '../command.ts';
import { localTime } from '../flink-lines.ts';
import { paintState, tableOf } from '../table.ts';

interface Options {
  readonly all?: boolean;
  readonly state?: string;
  readonly label?: string;
}

export const clusters = defineCommand<Options>({
  name: 'clusters',
  summary: 'show the clusters of a target',
  options: {
    '-a, --all': 'also those that are over',
    '--state <states>': 'only those in these states, separated by commas',
    '--label <key=value>': 'only those with this label; several are separated by commas',
  },
  examples: {
    'drey clusters': 'those that live',
    'drey clusters --state FAILED,STOPPED --at etl': 'those that are over, in target etl',
  },
  run: async (context, _operands, { all, state, label }) => {
    const target = await context.target();
    const { clusterStates } = await import('#events/model.ts');
    const found = await readClusters(target, context, {
      state: state ?? (all === true ? clusterStates.join(',') : undefined),
      label,
    });
    if (context.json) context.printJson({ clusters: found });
    else if (found.length === 0) context.print(`There is no such cluster in target ${target}.`);
    else {
      const rows = found.map((one) => [
        one.clusterId,
        paintState(one.state, context.io.stdout),
        localTime(one.createdAt),
        one.image,
        [one.reason, one.message].filter(Boolean).join(': '),
      ]);
      context.print(await tableOf(['CLUSTER', 'STATE', 'CREATED', 'IMAGE', 'REASON'], rows));
    }
  },
});
