import { styleText } from 'node:util';

import type { FlinkVersion } from '#shared/flink/version.ts';

import type { Targets } from './answers.ts';
import { type Api, connect } from './api.ts';
import { Failure, UsageError } from './failure.ts';
import {
  type CommonOptions,
  type Mode,
  configOf,
  flinkVersionOf,
  isJson,
  labelsOf,
  lifetimeOf,
  modeOf,
  onFailureOf,
  propertiesOf,
  type Queueing,
  queueingOf,
  type RestoreFrom,
  restoreOf,
} from './options.ts';
import { readLocalFile, settingsFrom } from './settings.ts';

export interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the process hands in. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.local/drey.json` is looked for. */
  readonly packageFolder: string;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What a command works with. */
export interface Context {
  readonly io: Io;
  /** @throws Failure when it is not known where it is: what asks nothing of it works without. */
  readonly api: Api;
  readonly signal: AbortSignal;
  /** `-Dkubernetes.cluster-id`. */
  readonly clusterId: string | undefined;
  /** The other `-D` options, without those that are for Drey. */
  readonly config: Readonly<Record<string, string>>;
  /** Flink's deployment target, where the command line names one. */
  readonly mode: Mode | undefined;
  /** `-Ddrey.on-failure`. */
  readonly onFailure: 'remove' | 'keep' | undefined;
  /** `-Ddrey.priority`, `-Ddrey.depends-on`, `-Ddrey.deadline`, `-Ddrey.correlation-id`. */
  readonly queueing: Queueing;
  /** `-Ddrey.lifetime.…`. */
  readonly lifetime: Readonly<Record<string, string>> | undefined;
  /** `-Ddrey.restore.…`. */
  readonly restore: RestoreFrom | undefined;
  /** `-Ddrey.team`. */
  readonly labels: Readonly<Record<string, string>>;
  /** `-Ddrey.flink-version`. */
  readonly flinkVersion: FlinkVersion | undefined;
  readonly json: boolean;
  /** The place to deploy to. */
  readonly target: () => Promise<string>;
  /** A line on stdout, which is for results. */
  readonly print: (line: string) => void;
  /** The API's own object on stdout. */
  readonly printJson: (value: unknown) => void;
  /** A line on stderr, which is for people. */
  readonly note: (line: string) => void;
}

/** @throws Failure | UsageError for options that cannot be meant, before anything is asked of the API. */
export const contextOf = (options: CommonOptions, io: Io): Context => {
  const properties = propertiesOf(options.D);
  const deploymentTarget = options.target ?? options.executor ?? properties.get('execution.target');
  const note = (line: string) => void io.stderr.write(`${line}\n`);
  const print = (line: string) => void io.stdout.write(`${line}\n`);
  const trace =
    options.verbose === true ? (line: string) => note(styleText('dim', line, { stream: io.stderr })) : () => {};
  let connected: Api | undefined;
  const api = () => {
    const settings = () => settingsFrom({ flag: options.api, env: io.env, file: readLocalFile(io.packageFolder) });
    return (connected ??= connect({ settings: settings(), signal: io.signal, trace }));
  };
  const named = options.at ?? properties.get('drey.target') ?? io.env['DREY_TARGET'];
  return {
    io,
    get api() {
      return api();
    },
    signal: io.signal,
    clusterId: clusterIdOf(properties.get('kubernetes.cluster-id')),
    config: configOf(properties),
    mode: deploymentTarget === undefined ? undefined : modeOf(deploymentTarget),
    onFailure: onFailureOf(properties.get('drey.on-failure')),
    queueing: queueingOf(properties),
    lifetime: lifetimeOf(properties),
    restore: restoreOf(properties),
    labels: labelsOf(properties),
    flinkVersion: flinkVersionOf(properties.get('drey.flink-version')),
    json: isJson(options.output),
    target: async () => named || onlyTarget(api()),
    print,
    printJson: (value) => print(JSON.stringify(value, undefined, 2)),
    note,
  };
};

const onlyTarget = async (api: Api): Promise<string> => {
  const { targets } = await api.get<Targets>('/v1/targets');
  const [first, ...others] = targets;
  if (first === undefined)
    throw new Failure('There is no target yet.', { hint: '`drey targets put NAME FILE` makes one.' });
  if (others.length === 0) return first.name;
  throw new Failure('There are several targets; say which one is meant.', {
    lines: targets.map(({ name }) => name),
    hint: 'Use --at NAME, -Ddrey.target=NAME or DREY_TARGET.',
  });
};

/** A cluster id that a command cannot do without: its operand, or `-Dkubernetes.cluster-id`. */
export const neededClusterId = (context: Context, operand?: string): string => {
  const clusterId = operand ?? context.clusterId;
  if (clusterId === undefined) {
    throw new UsageError(
      'No cluster id was specified. Please specify a cluster to which you would like to connect: -Dkubernetes.cluster-id=<id>.',
    );
  }
  return clusterId;
};

/** Left out is one thing, and empty (as from a variable that is not set) another. */
const clusterIdOf = (given: string | undefined): string | undefined => {
  if (given === '') throw new UsageError('kubernetes.cluster-id must not be blank.');
  return given;
};
