import { UsageError } from './usage-error.ts';
import { waitOptions, type WaitOptions } from './wait.ts';

export interface SavepointOptions extends WaitOptions {
  readonly type?: string;
  readonly detached?: boolean;
}

/** As Flink has them, for every command that takes a savepoint. */
export const savepointOptions = {
  '--type <format>': 'the format of the savepoint: canonical or native (also -type)',
  '--detached': 'return as soon as it is asked for (also -detached), as --no-wait',
  ...waitOptions,
} as const;

export const isDetached = ({ detached = false, wait = true }: SavepointOptions): boolean => detached || !wait;

/** @throws UsageError in Flink's words. */
export const formatOf = ({ type = 'canonical' }: SavepointOptions): 'CANONICAL' | 'NATIVE' => {
  const format = type.toUpperCase();
  if (format === 'CANONICAL' || format === 'NATIVE') return format;
  throw new UsageError(`Unknown format type: ${type}. It is canonical or native.`);
};
