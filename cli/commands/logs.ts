import type { Logs } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parsePositiveInteger } from '#cli/options/values.ts';

import { requireClusterId } from '../context.ts';

interface Options {
  readonly lines?: string;
  readonly previous?: boolean;
  readonly follow?: boolean;
}

export const logs = defineCommand<Options>({
  operandIs: 'cluster',
  options: {
    '-n, --lines <n>': 'number of lines (default 100)',
    '--previous': 'show the log before the last restart of the container',
    '-f, --follow': 'follow until the cluster is terminal, or Ctrl-C',
  },
  examples: {
    'drey logs my-first-flink-cluster -n 500': 'show the last 500 lines',
    'drey logs -f my-first-flink-cluster': 'follow the log',
  },
  run: async (context, [operand], { lines, previous, follow }) => {
    const count =
      lines === undefined ? undefined : parsePositiveInteger(lines, 'The number of lines must be a positive number');
    if (follow === true && previous === true)
      throw new UsageError(
        '--previous and --follow cannot be combined, because the log of a previous container does not grow.',
      );
    const clusterRef = { clusterId: requireClusterId(context, operand), target: await context.target() };
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
