import type { Command } from 'commander';

import { UsageError } from './usage-error.ts';

/** The options that every command takes. */
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

/** What an option holds that may be given several times. */
export const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

export const addCommonOptions = (command: Command): Command =>
  command
    .option('-D <key=value>', 'a Flink option; -Dkey alone is -Dkey=true', collect)
    .option('-t, --target <mode>', "Flink's deployment target: kubernetes-session or kubernetes-application")
    .option('-e, --executor <mode>', 'old name of --target')
    .option('-m, --jobmanager <address>', 'the address that a start printed, instead of -Dkubernetes.cluster-id')
    .option('--at <name>', 'the target of Drey to deploy to, as -Ddrey.target or DREY_TARGET')
    .option('--api <url>', 'where the API is, as DREY_API')
    .option('--output <format>', 'table, or json or yaml: what the API answers, and a failure as JSON on stderr')
    .option('--quiet', 'results and errors only')
    .option('--verbose', 'tell each request on stderr');

export const formats = ['table', 'json', 'yaml'] as const;

export type Format = (typeof formats)[number];

/** Of `--output`. @throws UsageError */
export const outputFormatOf = (text = 'table'): Format => {
  const format = formats.find((one) => one === text);
  if (format !== undefined) return format;
  throw new UsageError(`The output is table, json or yaml, not "${text}".`);
};

/** Whether a program reads it. */
export const isForPrograms = (output: string | undefined): boolean => output === 'json' || output === 'yaml';
