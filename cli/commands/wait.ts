import { defineCommand } from '../command.ts';
import { UsageError } from '../failure.ts';

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
    const { awaitVerdicts } = await import('../verdicts.ts');
    await awaitVerdicts({ ids: [...new Set(ids)], timeoutMs: await durationOf(timeout) }, context);
  },
});

/** In Flink's own way to write them. @throws UsageError */
export const durationOf = async (text: string | undefined): Promise<number | undefined> => {
  if (text === undefined) return undefined;
  const { parseDuration } = await import('#shared/flink/syntax.ts');
  try {
    return parseDuration(text);
  } catch {
    throw new UsageError(`"${text}" is no time: 90s, 30min and 2h are.`); // its own words speak of options
  }
};
