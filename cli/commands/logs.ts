import type { Logs } from '../answers.ts';
import { clusterPath } from '../clusters.ts';
import { defineCommand } from '../command.ts';
import { neededClusterId } from '../context.ts';
import { positive } from '../options.ts';

interface Options {
  readonly lines?: string;
  readonly previous?: boolean;
}

export const logs = defineCommand<Options>({
  options: { '-n, --lines <n>': 'how many', '--previous': 'of the container before its last restart' },
  examples: { 'drey logs my-first-flink-cluster -n 500': 'the last 500 lines' },
  run: async (context, [operand], { lines, previous }) => {
    const count = lines === undefined ? undefined : positive(lines, 'The number of lines must be a positive number');
    const place = { clusterId: neededClusterId(context, operand), target: await context.target() };
    const answer = await context.api.get<Logs>(`${clusterPath(place)}/logs`, {
      lines: count,
      previous: previous === true ? 'true' : undefined,
    });
    if (context.json) context.printJson(answer);
    else context.print(answer.log.replace(/\n$/, ''));
  },
});
