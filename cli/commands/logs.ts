import type { Logs } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { positive } from '#cli/options/values.ts';

import { neededClusterId } from '../context.ts';

interface Options {
  readonly lines?: string;
  readonly previous?: boolean;
  readonly follow?: boolean;
}

export const logs = defineCommand<Options>({
  operandIs: 'cluster',
  options: {
    '-n, --lines <n>': 'how many; 100 when left out',
    '--previous': 'of the container before its last restart',
    '-f, --follow': 'go on with what is written next, over restarts, until the cluster is over or Ctrl-C',
  },
  examples: {
    'drey logs my-first-flink-cluster -n 500': 'the last 500 lines',
    'drey logs -f my-first-flink-cluster': 'as they are written',
  },
  run: async (context, [operand], { lines, previous, follow }) => {
    const count = lines === undefined ? undefined : positive(lines, 'The number of lines must be a positive number');
    if (follow === true && previous === true)
      throw new UsageError('--previous and --follow contradict each other: nothing is written there any more.');
    const clusterRef = { clusterId: neededClusterId(context, operand), target: await context.target() };
    if (follow === true) {
      const { followLog } = await import('#cli/flows/follow-log.ts');
      await followLog(clusterRef, count, context);
      return;
    }
    const answer = await context.api.get<Logs>(`${clusterPath(clusterRef)}/logs`, {
      lines: count,
      previous: previous === true ? 'true' : undefined,
    });
    if (context.json) context.printJson(answer);
    else context.print(answer.log.replace(/\n$/, ''));
  },
});
