import { defineCommand } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { durationOf } from '#cli/options/wait.ts';

interface Options {
  readonly timeout?: string;
}

export const wait = defineCommand<Options>({
  options: { '--timeout <time>': 'give up after it, as in 90s, 30min or 2h' },
  examples: {
    'drey wait 0197f0c4d1aa7c3e9d3f4b5a6c7d8e9f': 'until its application, job or batch is over',
    'drey wait --timeout 2h $(cat ids.txt)': 'several, for two hours at the most',
  },
  run: async (context, ids, { timeout }) => {
    if (ids.length === 0) throw new UsageError('Missing the id of the operation.');
    const { awaitVerdicts } = await import('#cli/flows/verdicts.ts');
    await awaitVerdicts({ ids: [...new Set(ids)], timeoutMs: await durationOf(timeout) }, context);
  },
});
