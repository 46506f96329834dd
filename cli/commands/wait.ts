import { defineCommand } from '#cli/commander/command.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parseTimeout } from '#cli/options/wait.ts';

interface Options {
  readonly timeout?: string;
}

export const wait = defineCommand<Options>({
  options: { '--timeout <time>': 'stop waiting after this time: 90s, 30min or 2h' },
  examples: {
    'drey wait 0197f0c4d1aa7c3e9d3f4b5a6c7d8e9f': 'wait for an application, a job or a batch',
    'drey wait --timeout 2h $(cat ids.txt)': 'wait for several operations, at most two hours',
  },
  run: async (context, ids, { timeout }) => {
    if (ids.length === 0) throw new UsageError('Missing the operation id. Specify one or more operations.');
    const { waitForVerdicts } = await import('#cli/flows/verdicts.ts');
    const timeoutMs = await parseTimeout(timeout);
    await waitForVerdicts({ target: await context.target(), ids: [...new Set(ids)], timeoutMs }, context);
  },
});
