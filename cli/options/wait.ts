import { UsageError } from './usage-error.ts';

/** The options of commands that wait for their operation. */
export const waitOptions = {
  '--wait': 'wait until the operation is terminal (default)',
  '--no-wait': 'return when the API has accepted the command',
} as const;

export interface WaitOptions {
  readonly wait?: boolean;
}

/** A duration as Flink writes it, in milliseconds. @throws UsageError */
export const parseTimeout = async (text: string | undefined): Promise<number | undefined> => {
  if (text === undefined) return undefined;
  const { parseDuration } = await import('#shared/flink/syntax.ts');
  try {
    return parseDuration(text);
  } catch {
    throw new UsageError(`The timeout must be a duration such as 90s, 30min or 2h, not "${text}".`);
  }
};
