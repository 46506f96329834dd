import { type FlinkVersion, flinkVersions } from '#shared/flink/version.ts';

import { UsageError } from './usage-error.ts';

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
export const mustBeKnown = (keys: readonly string[]): void => {
  const known: readonly string[] = dreyOptions;
  const unknown = keys.find((key) => !known.includes(key) && !key.startsWith('drey.lifetime.'));
  if (unknown !== undefined)
    throw new UsageError(`-D${unknown} is no option of Drey's. There are ${known.join(', ')} and drey.lifetime.*.`);
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
