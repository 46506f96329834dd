import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { styleText } from 'node:util';

import { type Api, connect } from '#cli/api/api.ts';
import { Failure } from '#cli/api/failure.ts';
import { type Mode, modeOf } from '#cli/api/mode.ts';
import type { Targets } from '#cli/api/responses.ts';
import { readLocalFile, readUserFile } from '#cli/api/settings-files.ts';
import { chosenTarget, settingsFrom, type Sources } from '#cli/api/settings.ts';
import { type CommonOptions, outputFormatOf } from '#cli/options/common.ts';
import {
  flinkVersionOf,
  labelsOf,
  lifetimeOf,
  onFailureOf,
  type Queueing,
  queueingOf,
  type RestoreFrom,
  restoreOf,
  stopOf,
  type StopOptions,
} from '#cli/options/drey-options.ts';
import { configOf, propertiesOf } from '#cli/options/properties.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { clusterIdAt } from '#cli/options/values.ts';
import type { Io, Output } from '#cli/output/streams.ts';
import type { FlinkVersion } from '#shared/flink/version.ts';

/** What a command works with. */
export interface Context {
  readonly io: Io;
  /** The options that it was made of. */
  readonly given: CommonOptions;
  /** The same, ended by another signal than the one of the process. */
  readonly under: (signal: AbortSignal) => Context;
  /** @throws Failure when it is not known where it is: what asks nothing of it works without. */
  readonly api: Api;
  readonly signal: AbortSignal;
  /** `-Dkubernetes.cluster-id`, or whose address `-m` says. */
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
  /** `-Ddrey.stop.…`. */
  readonly stop: StopOptions;
  /** `-Ddrey.team`. */
  readonly labels: Readonly<Record<string, string>>;
  /** `-Ddrey.flink-version`. */
  readonly flinkVersion: FlinkVersion | undefined;
  /** Whether a program reads the results: nothing but the API's own objects is printed. */
  readonly json: boolean;
  /** The place to deploy to. */
  readonly target: () => Promise<string>;
  /** A line on stdout, which is for results. */
  readonly print: (line: string) => void;
  /** The API's own object on stdout, as JSON or YAML. */
  readonly printJson: (value: unknown) => void;
  /** One of many objects, in one line of JSON or a document of YAML. */
  readonly printNext: (value: unknown) => void;
  /** A line on stderr, which is for people. */
  readonly note: (line: string) => void;
}

/** @throws Failure | UsageError for options that cannot be meant, before anything is asked of the API. */
export const contextOf = (options: CommonOptions, process: Io): Context => {
  const io = options.quiet === true ? { ...process, stderr: nowhere() } : process;
  const properties = propertiesOf(options.D);
  const deploymentTarget = options.target ?? options.executor ?? properties.get('execution.target');
  const format = outputFormatOf(options.output);
  const print = (line: string) => void io.stdout.write(`${line}\n`);
  const trace =
    options.verbose === true
      ? (line: string) => void process.stderr.write(`${styleText('dim', line, { stream: process.stderr })}\n`)
      : () => {};
  let connected: Api | undefined;
  const api = () =>
    (connected ??= connect({ settings: settingsFrom(sourcesOf(options, process)), signal: io.signal, trace }));
  return {
    io,
    given: options,
    under: (signal) => contextOf(options, { ...process, signal }),
    get api() {
      return api();
    },
    signal: io.signal,
    clusterId: clusterIdOf(properties.get('kubernetes.cluster-id') ?? addressed(options)),
    config: configOf(properties),
    mode: deploymentTarget === undefined ? undefined : modeOf(deploymentTarget),
    onFailure: onFailureOf(properties.get('drey.on-failure')),
    queueing: queueingOf(properties),
    lifetime: lifetimeOf(properties),
    restore: restoreOf(properties),
    stop: stopOf(properties),
    labels: labelsOf(properties),
    flinkVersion: flinkVersionOf(properties.get('drey.flink-version')),
    json: format !== 'table',
    target: async () => chosenTarget(sourcesOf(options, process))?.value || onlyTarget(api()),
    print,
    printJson: (value) => print(format === 'yaml' ? yamlOf(value) : JSON.stringify(value, undefined, 2)),
    printNext: (value) => print(format === 'yaml' ? `---\n${yamlOf(value)}` : JSON.stringify(value)),
    note: (line) => void io.stderr.write(`${line}\n`),
  };
};

/** Where settings are looked for. */
export const sourcesOf = (options: CommonOptions, { env, packageFolder }: Io): Sources => ({
  flags: { api: options.api, target: options.at ?? propertiesOf(options.D).get('drey.target') },
  env,
  user: () => readUserFile(env),
  local: () => readLocalFile(packageFolder),
});

const require = createRequire(import.meta.url);

/** Loaded when it is asked for: few do, and it takes longer than all the rest. */
const yamlOf = (value: unknown): string => {
  const yaml: typeof import('yaml') = require('yaml');
  return yaml.stringify(value).trimEnd();
};

const nowhere = (): Output => new Writable({ write: (_chunk, _encoding, done) => done() });

const onlyTarget = async (api: Api): Promise<string> => {
  const { targets } = await api.get<Targets>('/v1/targets');
  const [first, ...others] = targets;
  if (first === undefined)
    throw new Failure('There is no target yet.', { hint: '`drey targets put NAME FILE` makes one.' });
  if (others.length === 0) return first.name;
  throw new Failure('There are several targets; say which one is meant.', {
    lines: targets.map(({ name }) => name),
    hint: 'Use --at NAME, -Ddrey.target=NAME or DREY_TARGET, or `drey configure --at NAME` once and for all.',
  });
};

/** A cluster id that a command cannot do without: its operand, or `-Dkubernetes.cluster-id`. */
export const neededClusterId = ({ clusterId: named }: Pick<Context, 'clusterId'>, operand?: string): string => {
  const clusterId = operand ?? named;
  if (clusterId === undefined) {
    throw new UsageError(
      'No cluster id was specified. Please specify a cluster to which you would like to connect: -Dkubernetes.cluster-id=<id>.',
    );
  }
  return clusterId;
};

const addressed = ({ jobmanager }: CommonOptions) => (jobmanager === undefined ? undefined : clusterIdAt(jobmanager));

/** Left out is one thing, and empty (as from a variable that is not set) another. */
const clusterIdOf = (given: string | undefined): string | undefined => {
  if (given === '') throw new UsageError('kubernetes.cluster-id must not be blank.');
  return given;
};
