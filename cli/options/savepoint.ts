import { UsageError } from './usage-error.ts';
import { waitOptions, type WaitOptions } from './wait.ts';

export interface SavepointOptions extends WaitOptions {
  readonly type?: string;
  readonly detached?: boolean;
}

/** Flink's options of commands that take a savepoint. */
export const savepointOptions = {
  '--type <format>': 'format of the savepoint: canonical or native (also -type)',
  '--detached': 'the same as --no-wait (also -detached)',
  ...waitOptions,
} as const;

export const isDetached = ({ detached = false, wait = true }: SavepointOptions): boolean => detached || !wait;

export const savepointFormats = ['CANONICAL', 'NATIVE'] as const;

/** @throws UsageError in Flink's words. */
export const parseSavepointFormat = ({ type = 'canonical' }: SavepointOptions): (typeof savepointFormats)[number] => {
  const format = savepointFormats.find((one) => one === type.toUpperCase());
  if (format !== undefined) return format;
  throw new UsageError(`Unknown format type: ${type}. The format must be canonical or native.`);
};
