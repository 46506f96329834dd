import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { getDefaultImage } from '#shared/flink/version.ts';
import { startFlinkProgram } from '#test/support/flink-java.ts';

/** The lines that most clusters run. The others read a configuration as their neighbors do. */
export const flinkLines = ['1.20', '2.2', '2.3'] as const;

export type OptionType =
  | 'list'
  | 'map'
  | 'maps'
  | 'boolean'
  | 'integer'
  | 'long'
  | 'double'
  | 'duration'
  | 'memory'
  | 'string';

export type FlinkRequest =
  | {
      readonly file: 'config.yaml' | 'flink-conf.yaml';
      readonly text: string;
      /** Options to read by their types. */
      readonly types?: Readonly<Record<string, OptionType>>;
      /** Options to read as texts, with their deprecated keys in order. */
      readonly fallbacks?: Readonly<Record<string, readonly string[]>>;
      /** Whether to read what the pods get. */
      readonly pods?: boolean;
    }
  | { readonly run: unknown };

type Texts = Readonly<Record<string, string>>;

interface Pod {
  readonly env: Texts;
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly nodeSelector: Texts;
  readonly tolerations: readonly Texts[];
  readonly secrets: Texts;
  readonly secretEnv: readonly Texts[];
}

/** What Flink reads. */
export interface Reading {
  readonly error?: string;
  /** Every option as text. */
  readonly options: Texts;
  /** The arguments of `main()`. */
  readonly arguments: readonly string[];
  /** The options by their types. An option that Flink cannot read has an `error`. */
  readonly typed: Readonly<Record<string, unknown>>;
  readonly jobManager: Pod;
  readonly taskManager: Pod;
}

/** Reads many requests at once. The answers have their order. */
export type Reader = (requests: readonly FlinkRequest[]) => Promise<readonly Reading[]>;

/** Flink's own parsers of the newest release of a line, for the tests of one file. */
export const useFlink = (line: (typeof flinkLines)[number]): Reader => {
  const [version = ''] = /\d+\.\d+\.\d+/.exec(getDefaultImage(line)) ?? [];
  let flink: Awaited<ReturnType<typeof startFlinkProgram<FlinkRequest, Reading>>>;
  beforeAll(async () => {
    flink = await startFlinkProgram({
      source: join(import.meta.dirname, 'java/FlinkReader.java'),
      version,
      args: [tmpdir()],
    });
  });
  afterAll(() => flink[Symbol.asyncDispose]());
  return (requests) => flink.ask(requests);
};
