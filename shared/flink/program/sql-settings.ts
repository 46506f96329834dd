import type { ApplicationJob } from '#events/programs/application-job.ts';
import type { SqlProgram } from '#events/programs/sql.ts';
import { flinkVersions } from '#events/flink-version.ts';
import { listKeysOfAllVersions, toCurrentKey } from '#shared/flink/option-names/canonical.ts';
import { savepointDirectoryOption } from '#shared/flink/option-names/savepoint-directory.ts';
import { assertNoFieldErrors, toFieldError } from '#shared/flink/options.ts';

import { splitStatements, type Statement } from './sql-statements.ts';

/** A `SET` of a script. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Whether only other SETs precede it. */
  readonly isAtHead: boolean;
}

type Config = Readonly<Record<string, string>>;

/** Options that the processes of a cluster read when they start, before the script runs. */
const clusterPrefixes = [
  'kubernetes.',
  'jobmanager.',
  'taskmanager.',
  'high-availability',
  'containerized.',
  'env.',
  'rest.',
  'blob.',
  'cluster.',
  'resourcemanager.',
  'slotmanager.',
  'heartbeat.',
  'pekko.',
  'metrics.',
  'security.',
  'web.',
  'io.tmp.dirs',
  'fs.',
  's3.',
  'classloader.',
  'user.artifacts.',
  'external-resource',
];

/** A `SET` under a deprecated name counts as well. */
export const isClusterOption = (key: string): boolean => {
  const names = [key, ...flinkVersions.map((version) => toCurrentKey(key, version))];
  return clusterPrefixes.some((prefix) => names.some((name) => name.startsWith(prefix)));
};

const settingPatterns = [/^SET\s+('(?:[^']|'')+')\s*=\s*('(?:[^']|'')*')$/i, /^SET\s+([^'\s=]+)\s*=\s*('[^']*'|\S+)$/i];

const unquote = (text: string): string => (text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text);

const parseSetting = ({ text }: Statement): Pick<Setting, 'key' | 'value'> | undefined => {
  const [, key, value] = settingPatterns.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? [];
  return key === undefined || value === undefined ? undefined : { key: unquote(key), value: unquote(value) };
};

/** @see Flink 2.2 `SetOperationParseStrategy`, `SqlSet` */
export const readSettings = (statements: readonly Statement[]): readonly Setting[] => {
  const end = statements.findIndex((statement) => parseSetting(statement) === undefined);
  return statements.flatMap((statement, index) => {
    const setting = parseSetting(statement);
    return setting === undefined ? [] : [{ ...setting, line: statement.line, isAtHead: end === -1 || index < end }];
  });
};

/** Every `SET` of a script. A script at a URI is not read. */
export const readScriptSettings = ({ script = '' }: SqlProgram): readonly Setting[] =>
  readSettings(splitStatements(script).statements);

/** Every `SET` of the script of a program. */
export const listSettings = (job: ApplicationJob | undefined): readonly Setting[] =>
  job !== undefined && 'sql' in job ? readScriptSettings(job.sql) : [];

/** Drey requests a savepoint without a directory only if the cluster has a default. */
const savepointDirectoryKeys = listKeysOfAllVersions(savepointDirectoryOption);

/** The options of the cluster that the head of a script sets. */
const readClusterSettings = (job: ApplicationJob | undefined): Config =>
  Object.fromEntries(
    listSettings(job)
      .filter(({ key, isAtHead }) => isAtHead && (isClusterOption(key) || savepointDirectoryKeys.includes(key)))
      .map(({ key, value }) => [key, value]),
  );

/**
 * The options of a command, together with the options of the cluster that the head of its SQL script sets.
 *
 * @throws Fault `refused-option` for an option that both set to different values.
 */
export const withClusterSettings = (config: Config, job: ApplicationJob | undefined): Config => {
  const settings = readClusterSettings(job);
  assertNoFieldErrors(
    Object.entries(settings).flatMap(([key, value]) =>
      listKeysOfAllVersions(key)
        .filter((name) => (config[name] ?? value) !== value)
        .map((name) => toFieldError(name, `has another value than the script sets for ${key}; remove one of them`)),
    ),
  );
  return { ...config, ...settings };
};
