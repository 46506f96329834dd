import type { Command } from 'commander';

import { UsageError } from './usage-error.ts';

/** The options of every command. */
export interface CommonOptions {
  readonly D?: readonly string[];
  readonly target?: string;
  readonly executor?: string;
  readonly jobmanager?: string;
  readonly at?: string;
  readonly api?: string;
  readonly output?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Collects the values of a repeatable option. */
export const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

export const addCommonOptions = (command: Command): Command =>
  command
    .option('-D <key=value>', 'set an option of Flink or Drey; -Dkey means -Dkey=true', collect)
    .option('-t, --target <mode>', 'kubernetes-session or kubernetes-application')
    .option('-e, --executor <mode>', 'the same as --target (deprecated by Flink)')
    .option('-m, --jobmanager <address>', 'select the cluster by the address of its JobManager')
    .option('--at <name>', 'target to deploy to (or -Ddrey.target, DREY_TARGET)')
    .option('--api <url>', 'endpoint of the API (or DREY_API)')
    .option('-o, --output <format>', 'table (default); json or yaml print the API objects')
    .option('--quiet', 'print only results and errors')
    .option('--verbose', 'print each request on stderr');

export const formats = ['table', 'json', 'yaml'] as const;

export type Format = (typeof formats)[number];

/** Parses `--output`. @throws UsageError */
export const parseOutputFormat = (text = 'table'): Format => {
  const format = formats.find((one) => one === text);
  if (format !== undefined) return format;
  throw new UsageError(`--output must be table, json or yaml, not "${text}".`);
};

export const isMachineReadable = (output: string | undefined): boolean => output === 'json' || output === 'yaml';
