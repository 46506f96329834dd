import type { ApplicationJob } from '#events/programs/application-job.ts';
import type { SqlProgram } from '#events/programs/sql.ts';
import type { FieldError } from '#events/problems/problem.ts';
import { listKeysOfAllVersions } from '#shared/flink/option-names/canonical.ts';
import { isClusterOption } from '#shared/flink/option-names/cluster-options.ts';
import { savepointDirectoryOption } from '#shared/flink/option-names/directories.ts';
import { assertNoFieldErrors, toFieldError, toOptionPointer } from '#shared/flink/options.ts';
import { trimBlanks } from '#shared/flink/syntax.ts';

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

const settingPatterns = [/^SET\s+('(?:[^']|'')+')\s*=\s*('(?:[^']|'')*')$/i, /^SET\s+([^'\s=]+)\s*=\s*('[^']*'|\S+)$/i];

/** The text without quotes, and without the blanks around it, as Flink's driver reads it. */
const unquote = (text: string): string =>
  trimBlanks(text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text);

const parseSetting = ({ text }: Statement): Pick<Setting, 'key' | 'value'> | undefined => {
  const [, key, value] = settingPatterns.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? [];
  return key === undefined || value === undefined ? undefined : { key: unquote(key), value: unquote(value) };
};

/** Whether the statement is a `SET` in a form that Drey does not read. Flink reads more forms, such as `SET U&'a' = 'b'`. */
export const isUnreadSetting = (statement: Statement): boolean =>
  /^SET\b./.test(statement.words) && parseSetting(statement) === undefined;

/** @see Flink 2.2 `SetOperationParseStrategy`, `SqlSet`, `OperationExecutor.callSetOperation` */
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
const listSettings = (job: ApplicationJob | undefined): readonly Setting[] =>
  job !== undefined && 'sql' in job ? readScriptSettings(job.sql) : [];

/** Drey requests a savepoint without a directory only if the cluster has a default. */
const savepointDirectoryKeys = listKeysOfAllVersions(savepointDirectoryOption);

/** The `SET`s that become options of the cluster, because it starts before the script. The last one of a key counts. */
const listClusterSettings = (job: ApplicationJob | undefined): readonly Setting[] => {
  const settings = listSettings(job).filter(
    ({ key, isAtHead }) => isAtHead && (isClusterOption(key) || savepointDirectoryKeys.includes(key)),
  );
  return [...new Map(settings.map((setting) => [setting.key, setting])).values()];
};

/** The options of the cluster that the head of a script sets. */
export const readClusterSettings = (job: ApplicationJob | undefined): Config => toConfig(listClusterSettings(job));

const toConfig = (settings: readonly Setting[]): Config =>
  Object.fromEntries(settings.map(({ key, value }) => [key, value]));

/**
 * The options of a command, together with the options of the cluster that the head of its SQL script sets.
 *
 * @throws Fault `refused-option` for an option that both set to different values.
 */
export const withClusterSettings = (config: Config, job: ApplicationJob | undefined): Config => {
  const settings = listClusterSettings(job);
  assertNoFieldErrors(
    settings.flatMap(({ key, value, line }) =>
      listKeysOfAllVersions(key)
        .filter((name) => (config[name] ?? value) !== value)
        .map((name) =>
          toFieldError(name, `has another value than SET '${key}' on line ${line} of the script; remove one of them`),
        ),
    ),
  );
  return { ...config, ...toConfig(settings) };
};

export const describeSetting = ({ key }: Setting, detail: string): string => `SET ${key}: ${detail}`;

/** A mistake in a `SET`, at the place of the script in the request. */
export const toSettingError = (setting: Setting, { pointer, detail }: FieldError): FieldError => ({
  pointer,
  detail: `line ${setting.line}: ${describeSetting(setting, detail)}`,
});

/** The field errors, each with the `SET` in place of the option that it sets. */
export const nameSettings = (errors: readonly FieldError[], job: ApplicationJob | undefined): readonly FieldError[] => {
  const settings = listClusterSettings(job);
  return errors.map((error) => {
    const setting = settings.find(({ key }) =>
      listKeysOfAllVersions(key).some((name) => toOptionPointer(name) === error.pointer),
    );
    return setting === undefined ? error : toSettingError(setting, { ...error, pointer: '/job/sql/script' });
  });
};
