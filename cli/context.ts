import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { styleText } from 'node:util';

import type { Scalar } from 'yaml';

import { type Api, connect } from '#cli/api/api.ts';
import { Failure } from '#cli/api/failure.ts';
import { type Mode, parseMode } from '#cli/api/mode.ts';
import { readList } from '#cli/api/pages.ts';
import type { Targets } from '#cli/api/responses.ts';
import { readLocalFile, readUserFile } from '#cli/api/settings-files.ts';
import { resolveSettings, resolveTarget, type Sources } from '#cli/api/settings.ts';
import { type CommonOptions, type Format, parseOutputFormat } from '#cli/options/common.ts';
import type { RequestPart } from '#cli/options/drey-options.ts';
import { parseProperties, toFlinkConfig } from '#cli/options/properties.ts';
import { parseRequestFields, type RequestFields } from '#cli/options/request-fields.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parseJobManagerAddress } from '#cli/options/values.ts';
import { escapeUnsafe, hasUnsafe, toSafeText } from '#cli/output/safe-text.ts';
import type { Output, ProcessIo } from '#cli/output/streams.ts';
import type { ClusterRef } from '#events/names.ts';
import { type FlinkVersion, flinkVersions } from '#events/flink-version.ts';

/** Everything that a command needs: its options, the API client and its output. */
export interface Context {
  readonly io: ProcessIo;
  /** The common options of the command line. */
  readonly options: CommonOptions;
  /** The same context, aborted by another signal than the one of the process. */
  readonly withSignal: (signal: AbortSignal) => Context;
  /** The same context with output in YAML, unless it is JSON: the texts of the API stay as they are. */
  readonly withExactTexts: () => Context;
  /** @throws Failure when no API endpoint is configured. Commands that do not read it work without one. */
  readonly api: Api;
  readonly signal: AbortSignal;
  /** From `-Dkubernetes.cluster-id`, or from the address of `-m`. */
  readonly clusterId: string | undefined;
  /** The `-D` options for Flink. */
  readonly config: Readonly<Record<string, string>>;
  /** From Flink's deployment target on the command line. */
  readonly mode: Mode | undefined;
  /** The fields that `-Ddrey.…` options set in requests. */
  readonly fields: Readonly<Record<RequestPart, RequestFields>>;
  /** The member `restore` of a deploy or a submit, from `-Ddrey.restore.…`. */
  readonly restore: RequestFields | undefined;
  /** From `-Ddrey.flink-version`. */
  readonly flinkVersion: FlinkVersion | undefined;
  /** Whether the output is for programs: then stdout has only objects of the API. */
  readonly json: boolean;
  /** The target to deploy to. */
  readonly target: () => Promise<string>;
  /** Prints a result: a line on stdout. */
  readonly print: (line: string) => void;
  /** Prints an object of the API on stdout, as JSON or YAML. */
  readonly printJson: (value: unknown) => void;
  /** Prints one of many objects on stdout: a line of JSON or a document of YAML. */
  readonly printItem: (value: unknown) => void;
  /** Prints a notice for people: a line on stderr. */
  readonly printNotice: (line: string) => void;
}

/** @throws Failure | UsageError for invalid options, before any request to the API. */
export const createContext = (options: CommonOptions, process: ProcessIo): Context => {
  const io = options.quiet === true ? { ...process, stderr: createNullStream() } : process;
  const properties = parseProperties(options.D);
  const fields = parseRequestFields(properties);
  const deploymentTarget = findDeploymentTarget(options, properties);
  const format = parseOutputFormat(options.output);
  const getApi = createApiGetter(options, process, format);
  return {
    io,
    options,
    withSignal: (signal) => createContext(options, { ...process, signal }),
    withExactTexts: () => createContext({ ...options, output: format === 'table' ? 'yaml' : format }, process),
    get api() {
      return getApi();
    },
    signal: io.signal,
    clusterId: assertNotBlank(properties.get('kubernetes.cluster-id') ?? clusterIdFromAddress(options)),
    config: toFlinkConfig(properties),
    mode: deploymentTarget === undefined ? undefined : parseMode(deploymentTarget),
    fields,
    restore: toRestore(fields.restore),
    flinkVersion: flinkVersions.find((version) => version === fields.deploy['flinkVersion']),
    json: format !== 'table',
    target: async () => resolveTarget(settingsSources(options, process))?.value || findOnlyTarget(getApi()),
    ...createPrinters(format, io),
  };
};

/** Of a cluster, the last incarnation counts. A snapshot has none. */
const toRestore = (fields: RequestFields): RequestFields | undefined => {
  if (Object.keys(fields).length === 0) return undefined;
  return 'snapshot' in fields ? fields : { ...fields, latest: true };
};

/** @throws UsageError when the command names several. */
const findDeploymentTarget = (
  { target, executor }: CommonOptions,
  properties: ReadonlyMap<string, string>,
): string | undefined => {
  const option = properties.get('execution.target')?.trim();
  const [first, ...others] = new Set(
    [target, executor, option === '' ? undefined : option]
      .filter((name) => name !== undefined)
      .map((name) => name.toLowerCase()),
  );
  if (others.length > 0)
    throw new UsageError(
      `The command names two deployment targets, ${first} and ${others.join(' and ')}. Leave out -Dexecution.target or --target.`,
    );
  return first;
};

/** Connects at the first use. */
const createApiGetter = (options: CommonOptions, process: ProcessIo, format: Format): (() => Api) => {
  const { stderr, signal } = process;
  const isForPeople = format === 'table';
  const trace =
    options.verbose === true
      ? (line: string) => void stderr.write(`${styleText('dim', toSafeText(line), { stream: stderr })}\n`)
      : () => {};
  const notify = (line: string) => void stderr.write(`${toSafeText(line)}\n`);
  let api: Api | undefined;
  return () =>
    (api ??= connect({
      settings: resolveSettings(settingsSources(options, process)),
      signal,
      isForPeople,
      notify,
      trace,
    }));
};

const createPrinters = (
  format: Format,
  { stdout, stderr }: ProcessIo,
): Pick<Context, 'print' | 'printJson' | 'printItem' | 'printNotice'> => {
  const print = (line: string) => void stdout.write(`${line}\n`);
  return {
    print,
    printJson: (value) => print(format === 'yaml' ? toYaml(value) : escapeUnsafe(JSON.stringify(value, undefined, 2))),
    printItem: (value) => print(format === 'yaml' ? `---\n${toYaml(value)}` : escapeUnsafe(JSON.stringify(value))),
    // With JSON and YAML, the texts of the API are as they are stored.
    printNotice: (line) => void stderr.write(`${toSafeText(line)}\n`),
  };
};

/** The sources of settings for these options. */
export const settingsSources = (options: CommonOptions, { env, packageFolder }: ProcessIo): Sources => ({
  flags: { api: options.api, target: options.at ?? parseProperties(options.D).get('drey.target') },
  env,
  user: () => readUserFile(env),
  local: () => readLocalFile(packageFolder),
});

const require = createRequire(import.meta.url);

/** Loads the library at the first use: few commands need it, and it takes longer to load than everything else. */
const toYaml = (value: unknown): string => {
  const yaml: typeof import('yaml') = require('yaml');
  const document = new yaml.Document(value);
  yaml.visit(document, {
    Scalar: (_key, node) => {
      const style = typeof node.value === 'string' ? chooseStyle(node.value) : undefined;
      if (style !== undefined) node.type = style;
    },
  });
  return escapeUnsafe(document.toString()).trimEnd();
};

/** Line breaks and tabs of a block are as they are. Other characters that a terminal does not show need escapes. */
const chooseStyle = (text: string): Scalar.Type | undefined => {
  if (hasUnsafe(text.replaceAll(/[\n\t]/g, ''))) return 'QUOTE_DOUBLE';
  if (!text.includes('\n')) return undefined;
  return block.test(text) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
};

/** Text without blanks at its start, and with at most one line break at its end. Of others, blanks would be lost. */
const block = /^\S[^]*\S\n?$/;

const createNullStream = (): Output => new Writable({ write: (_chunk, _encoding, done) => done() });

const findOnlyTarget = async (api: Api): Promise<string> => {
  const { targets } = await readList<Targets>(api, '/v1/targets', { items: 'targets' });
  const [first, ...others] = targets;
  if (first === undefined)
    throw new Failure('There is no target.', { hint: 'Run `drey targets put NAME FILE` to create one.' });
  if (others.length === 0) return first.name;
  throw new Failure('There are several targets. Specify one of them.', {
    lines: targets.map(({ name }) => name),
    hint: 'Use --at NAME, -Ddrey.target=NAME or DREY_TARGET. `drey configure --at NAME` sets a default.',
  });
};

/** The cluster id of the operand, or of `-Dkubernetes.cluster-id`. @throws UsageError in Flink's words when there is none. */
export const requireClusterId = ({ clusterId: fromOptions }: Pick<Context, 'clusterId'>, operand?: string): string => {
  const clusterId = operand ?? fromOptions;
  if (clusterId === undefined) {
    throw new UsageError(
      'No cluster id was specified. Please specify a cluster to which you would like to connect: -Dkubernetes.cluster-id=<id>.',
    );
  }
  return clusterId;
};

const clusterIdFromAddress = ({ jobmanager }: CommonOptions) =>
  jobmanager === undefined ? undefined : parseJobManagerAddress(jobmanager);

/** A blank id often comes from an unset shell variable. It must not count as an absent option. */
const assertNotBlank = (clusterId: string | undefined): string | undefined => {
  if (clusterId === '') throw new UsageError('kubernetes.cluster-id must not be blank.');
  return clusterId;
};

/** The cluster of a command: its operand or the option, in the target of the command line. @throws UsageError without a cluster ID. */
export const toClusterRef = async (context: Context, operand: string | undefined): Promise<ClusterRef> => ({
  clusterId: requireClusterId(context, operand),
  target: await context.target(),
});
