import { Failure } from '#cli/api/failure.ts';
import type { Logs } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parsePositiveInteger } from '#cli/options/values.ts';
import type { ClusterRef } from '#events/names.ts';

import { type Context, toClusterRef } from '../context.ts';

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
    const clusterRef = await toClusterRef(context, operand);
    if (follow === true) {
      const { followLog } = await import('#cli/flows/follow-log.ts');
      await followLog(clusterRef, count, context);
      return;
    }
    const query = { lines: count, previous: previous === true ? 'true' : undefined };
    const answer = await readLog(clusterRef, query, context);
    if (context.json) context.printJson(answer);
    else context.print(answer.log.replace(/\n$/, ''));
  },
});

const readLog = async (
  clusterRef: ClusterRef,
  query: Parameters<Context['api']['get']>[1],
  { api }: Context,
): Promise<Logs> => {
  try {
    return await api.get<Logs>(`${clusterPath(clusterRef)}/logs`, query);
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'wrong-state')) throw error;
    const hint = `Run \`drey describe ${clusterRef.clusterId}\` to see how it ended. \`drey clusters --all\` lists ended clusters, too.`;
    throw new Failure(error.message, { code: error.code, hint, cause: error });
  }
};
