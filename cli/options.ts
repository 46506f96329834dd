import type { Command } from 'commander';

import { type FlinkVersion, flinkVersions } from '#shared/flink/version.ts';

import { Failure, UsageError } from './failure.ts';

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

/** Flink's short names of several letters, which commander does not know. */
const longNames: Readonly<Record<string, string>> = {
  cm: 'claimMode',
  rm: 'restoreMode',
  sae: 'shutdownOnAttachedExit',
};

/**
 * The words of a command with Flink's one-dash long options (`-claimMode X`, `-target=X`) written with two dashes.
 * What comes behind the jar is the program's own.
 */
export const withTwoDashes = (
  words: readonly string[],
  command: Command,
  stopsAtOperand: boolean,
): readonly string[] => {
  const result: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--' || (stopsAtOperand && !word.startsWith('-'))) return [...result, ...words.slice(index)];
    const rewritten = twoDashes(word, command);
    result.push(rewritten);
    const next = words[index + 1];
    if (next !== undefined && takesNext(rewritten, command)) {
      result.push(next);
      index += 1;
    }
  }
  return result;
};

/** Options of Flink's with one dash that this version does not take: read as short ones they would mean something else. */
const notTaken: ReadonlySet<string> = new Set(['py', 'pym', 'pyfs', 'pyexec', 'pyclientexec', 'pyarch', 'pyreq']);

const twoDashes = (word: string, command: Command): string => {
  const [, name, rest] = /^-([A-Za-z]{2,})(=.*)?$/s.exec(word) ?? [];
  if (name === undefined) return word;
  if (notTaken.has(name)) throw new UsageError(`Unrecognized option: ${word} (this version does not take it)`);
  const long = `--${longNames[name] ?? name}`;
  // Flink has no grouped letters: what it does not know is one unknown option, and not `-t m`.
  return command.options.some((option) => option.long === long) || !name.startsWith('D')
    ? `${long}${rest ?? ''}`
    : word;
};

/** Where the first word stands that is neither an option nor the value of one; -1 when there is none. */
export const operandAt = (words: readonly string[], command: Command): number => {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) return index;
    if (takesNext(word, command)) index += 1;
  }
  return -1;
};

export const takesNext = (word: string, command: Command): boolean =>
  command.options.some((option) => option.required && (option.short === word || option.long === word));

/** Options of Drey's own; those of lifetimes are judged with them. */
const dreyOptions = [
  'drey.correlation-id',
  'drey.deadline',
  'drey.depends-on',
  'drey.flink-version',
  'drey.on-failure',
  'drey.priority',
  'drey.restore.from-cluster',
  'drey.restore.job',
  'drey.restore.allow-empty-state',
  'drey.stop.ha',
  'drey.stop.savepoint',
  'drey.stop.savepoint-directory',
  'drey.target',
  'drey.team',
] as const;

/** A typing mistake would start something else than was meant. */
const mustBeKnown = (keys: readonly string[]): void => {
  const known: readonly string[] = dreyOptions;
  const unknown = keys.find((key) => !known.includes(key) && !key.startsWith('drey.lifetime.'));
  if (unknown !== undefined)
    throw new UsageError(`-D${unknown} is no option of Drey's. There are ${known.join(', ')} and drey.lifetime.*.`);
};

/** `-Dkey=value` as Flink takes it: a key alone is true, a later one wins. */
export const propertiesOf = (words: readonly string[] = []): ReadonlyMap<string, string> => {
  const properties = new Map<string, string>();
  for (const word of words) {
    const [, key, value] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (key === undefined) throw new UsageError(`Not an option: -D${word}`);
    properties.set(key.trim(), value ?? 'true');
  }
  mustBeKnown([...properties.keys()].filter((key) => key.startsWith('drey.')));
  return properties;
};

/** Options that tell the client something; the cluster id and the mode have their own place in a request. */
const clientOnly: ReadonlySet<string> = new Set(['kubernetes.cluster-id', 'execution.target']);

/** What is sent as Flink configuration. */
export const configOf = (properties: ReadonlyMap<string, string>): Readonly<Record<string, string>> =>
  Object.fromEntries([...properties].filter(([key]) => !key.startsWith('drey.') && !clientOnly.has(key)));

/**
 * The cluster whose JobManager has this address: `ID-rest.NAMESPACE:8081`, with `http://` or without, or the id alone.
 *
 * @throws UsageError for an address that no cluster of Drey's has.
 */
export const clusterIdAt = (address: string): string => {
  const host = address
    .replace(/^https?:\/\//, '')
    .replace(/[:/].*$/, '')
    .replace(/\..*$/, '')
    .replace(/-rest$/, '');
  if (/^[a-z][-a-z0-9]*$/.test(host)) return host;
  throw new UsageError(
    `Drey reaches a JobManager by the id of its cluster, not at ${address}: -Dkubernetes.cluster-id=<id>.`,
  );
};

/** Flink's deployment targets. */
export const modes = { 'kubernetes-session': 'session', 'kubernetes-application': 'application' } as const;
export type Mode = (typeof modes)[keyof typeof modes];

/**
 * Reads Flink's deployment target before anything is asked of the API.
 *
 * @throws Failure for per-job mode, which Flink does not have on Kubernetes.
 * @throws UsageError for what is no place of Drey's.
 */
export const modeOf = (deploymentTarget: string): Mode => {
  for (const [name, mode] of Object.entries(modes)) if (name === deploymentTarget) return mode;
  if (deploymentTarget.endsWith('-per-job'))
    throw new Failure('Per-Job Mode not supported by Active Kubernetes deployments.', { code: 'unsupported-mode' });
  throw new UsageError(`Drey deploys to kubernetes-session and kubernetes-application, not to "${deploymentTarget}".`);
};

/** Of `-Ddrey.flink-version`, where the tag of the image does not say it. */
export const flinkVersionOf = (text: string | undefined): FlinkVersion | undefined => {
  const version = flinkVersions.find((one) => one === text);
  if (text === undefined || version !== undefined) return version;
  throw new UsageError(`Drey starts Flink ${flinkVersions.join(' and ')}, not "${text}".`);
};

/** Of `-Ddrey.on-failure`: what becomes of a cluster that does not come up. */
export const onFailureOf = (text: string | undefined): 'remove' | 'keep' | undefined => {
  if (text === undefined || text === 'remove' || text === 'keep') return text;
  throw new UsageError(`-Ddrey.on-failure is remove or keep, not "${text}".`);
};

/** When a command may start, and by which name its end is told: as the API takes it. */
export interface Queueing {
  readonly priority?: number;
  readonly dependsOn?: readonly string[];
  readonly deadline?: string;
  readonly correlationId?: string;
}

/** @throws UsageError for a priority that is no whole number, or a deadline that is no time. */
export const queueingOf = (properties: ReadonlyMap<string, string>): Queueing => {
  const [priority, dependsOn, deadline, correlationId] = [
    'drey.priority',
    'drey.depends-on',
    'drey.deadline',
    'drey.correlation-id',
  ].map((key) => properties.get(key));
  if (priority !== undefined && !/^-?\d+$/.test(priority))
    throw new UsageError(`-Ddrey.priority is a whole number, not "${priority}".`);
  if (deadline !== undefined && Number.isNaN(Date.parse(deadline)))
    throw new UsageError(`-Ddrey.deadline is a time such as 2026-11-24T06:00:00Z, not "${deadline}".`);
  return {
    ...(priority === undefined ? {} : { priority: Number(priority) }),
    ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.split(',').map((id) => id.trim()) }),
    ...(deadline === undefined ? {} : { deadline: new Date(deadline).toISOString() }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
};

const lifetimeMembers: Readonly<Record<string, string>> = {
  ttl: 'ttl',
  until: 'until',
  'idle-after': 'idleAfter',
  savepoint: 'savepoint',
  'savepoint-directory': 'savepointDirectory',
  ha: 'ha',
  'warn-before': 'warnBefore',
};
const lifetimePrefix = 'drey.lifetime.';

/** Of `-Ddrey.lifetime.…`: when a cluster ends by itself, as the API takes it and judges it. @throws UsageError */
export const lifetimeOf = (properties: ReadonlyMap<string, string>): Readonly<Record<string, string>> | undefined => {
  const given = [...properties].filter(([key]) => key.startsWith(lifetimePrefix));
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map(([key, value]) => {
      const member = lifetimeMembers[key.slice(lifetimePrefix.length)];
      if (member === undefined)
        throw new UsageError(
          `There is no option ${key}; there are ${Object.keys(lifetimeMembers)
            .map((name) => lifetimePrefix + name)
            .join(', ')}.`,
        );
      return [member, value];
    }),
  );
};

/** The savepoint of another cluster to start from, as the API takes it. */
export interface RestoreFrom {
  readonly fromCluster: string;
  readonly latest: true;
  readonly job?: string;
  readonly allowEmptyState?: boolean;
}

/** Of `-Ddrey.restore.from-cluster`, `-Ddrey.restore.job` and `-Ddrey.restore.allow-empty-state`. */
export const restoreOf = (properties: ReadonlyMap<string, string>): RestoreFrom | undefined => {
  const [fromCluster, job] = [properties.get('drey.restore.from-cluster'), properties.get('drey.restore.job')];
  const allowEmptyState = flagOf('drey.restore.allow-empty-state', properties);
  for (const [option, value] of Object.entries({ job, 'allow-empty-state': allowEmptyState }))
    if (fromCluster === undefined && value !== undefined)
      throw new UsageError(`-Ddrey.restore.${option} needs -Ddrey.restore.from-cluster.`);
  if (fromCluster === undefined) return undefined;
  return {
    fromCluster,
    latest: true,
    ...(job === undefined ? {} : { job }),
    ...(allowEmptyState === undefined ? {} : { allowEmptyState }),
  };
};

const flagOf = (name: string, properties: ReadonlyMap<string, string>): boolean | undefined => {
  const text = properties.get(name);
  if (text === undefined || text === 'true' || text === 'false')
    return text === undefined ? undefined : text === 'true';
  throw new UsageError(`-D${name} is true or false, not "${text}".`);
};

/** How a cluster is stopped, as the API takes it. */
export interface StopOptions {
  readonly savepoint?: string;
  readonly savepointDirectory?: string;
  readonly ha?: string;
}

/** Of `-Ddrey.stop.savepoint`, `-Ddrey.stop.savepoint-directory` and `-Ddrey.stop.ha`. */
export const stopOf = (properties: ReadonlyMap<string, string>): StopOptions => {
  const [savepoint, savepointDirectory, ha] = ['savepoint', 'savepoint-directory', 'ha'].map((name) =>
    properties.get(`drey.stop.${name}`),
  );
  return {
    ...(savepoint === undefined ? {} : { savepoint }),
    ...(savepointDirectory === undefined ? {} : { savepointDirectory }),
    ...(ha === undefined ? {} : { ha }),
  };
};

export const labelsOf = (properties: ReadonlyMap<string, string>): Readonly<Record<string, string>> => {
  const team = properties.get('drey.team');
  return team === undefined ? {} : { team };
};

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

/** @throws UsageError with Flink's sentence. */
export const jobIdOf = (text: string): string => {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  throw new UsageError(
    `Cannot parse JobID from "${text}". The expected format is [0-9a-fA-F]{32}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.`,
  );
};

/** @throws UsageError for what is not a whole number above zero. */
export const positive = (text: string, message: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0) return value;
  throw new UsageError(`${message}: ${text}`);
};
