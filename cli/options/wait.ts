import { UsageError } from './usage-error.ts';

/** Of every command that waits for its end. */
export const waitOptions = {
  '--wait': 'return when it is done; so it is when nothing is said',
  '--no-wait': 'return as soon as it is accepted; `drey wait` takes its operation',
} as const;

export interface WaitOptions {
  readonly wait?: boolean;
}

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
