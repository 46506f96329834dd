import type { SqlProgram } from '#events/programs/sql.ts';
import type { FieldError } from '#events/problems/problem.ts';
import { isAtLeast } from '#shared/flink/version.ts';

import { startsJob, startsNoJob } from './sql-jobs.ts';
import { findSettingErrors, type SettingContext, warnAboutSetting } from './sql-setting-checks.ts';
import { readScriptSettings } from './sql-settings.ts';
import { type ScriptError, splitStatements, type Statement } from './sql-statements.ts';
import { describeUri, fileSystems, findCharacterError, hasFile, schemeOf } from './uri.ts';

/** The class in Flink's lib folder that executes a script. It loads the SQL gateway from the opt folder. */
export const sqlDriver = 'org.apache.flink.table.runtime.application.SqlDriver';

/**
 * The arguments of the driver.
 *
 * @see Flink 2.2 `SqlDriver.parseOptions`, `SqlGatewayServiceImpl.deployScript`
 */
export const toSqlArgs = ({ script, scriptUri = '' }: SqlProgram): readonly string[] =>
  script === undefined ? ['--scriptUri', scriptUri.replace(/^local:/i, 'file:')] : ['--script', script];

/** A zip file without entries. Flink runs no program without a jar, and the driver is in the lib folder. */
export const emptyJar: Uint8Array = Uint8Array.from([0x50, 0x4b, 0x05, 0x06, ...Array.from({ length: 18 }, () => 0)]);

/** Where a script runs. */
export type SqlRuntime = Omit<SettingContext, 'config'>;

/**
 * Why Flink cannot execute a script, as far as it is certain without Flink. The pointers are those of a deploy for an
 * application, and of a submit for a session.
 */
export const findSqlErrors = ({ script, scriptUri }: SqlProgram, runtime: SqlRuntime): readonly FieldError[] => {
  const pointer = runtime.mode === 'application' ? '/job/sql' : '/sql';
  return [
    ...(runtime.flinkVersion === '1.20' ? [{ pointer, detail: driverError }] : []),
    ...toErrors(`${pointer}/scriptUri`, scriptUri === undefined ? undefined : findUriError(scriptUri)),
    ...(script === undefined ? [] : findScriptErrors(script, runtime)).map(({ line, detail }) => ({
      pointer: `${pointer}/script`,
      detail: `line ${line}: ${detail}`,
    })),
  ];
};

const driverError =
  'Flink 1.20 has no driver for SQL scripts; use an image of Flink 2.0 or later, or a jar whose program executes the statements';

const toErrors = (pointer: string, detail: string | undefined): readonly FieldError[] =>
  detail === undefined ? [] : [{ pointer, detail }];

const findUriError = (uri: string): string | undefined => {
  const characterError = findCharacterError(uri);
  if (characterError !== undefined) return characterError;
  const scheme = schemeOf(uri);
  if (scheme === 'local' || scheme === 'file')
    return /^\w+:(\/\/)?\/[^/]/.test(uri)
      ? undefined
      : `${describeUri(uri)} does not name a file in the image; ${uriExample}`;
  if (scheme === undefined || !(scheme === 'https' || fileSystems.has(scheme)))
    return `${describeUri(uri)} is not a URI that the JobManager can read; ${uriExample}`;
  return hasFile(uri) ? undefined : `${describeUri(uri)} does not name a file; ${uriExample}`;
};

const uriExample = 'write for example local:///opt/flink/usrlib/etl.sql, s3://bucket/etl.sql or https://host/etl.sql';

const findScriptErrors = (script: string, runtime: SqlRuntime): readonly ScriptError[] => {
  const { statements, error } = splitStatements(script);
  if (error !== undefined) return [error];
  if (statements.length === 0) return [{ line: 1, detail: 'the script has no statement' }];
  return [
    ...findSettingErrors(statements),
    ...(runsOneJob(runtime) ? findFurtherJobs(statements) : []),
    ...(hasFixedJobId(runtime) ? findMissingJob(statements) : []),
  ];
};

/** A job on a session has an ID that Drey chose, and so has that of an application before Flink 2.3. */
const hasFixedJobId = ({ mode, flinkVersion }: SqlRuntime): boolean =>
  mode === 'session' || !isAtLeast(flinkVersion, '2.3');

/** With high availability, Flink 2.3 gives each job of a script the ID of the application, and refuses the second one. */
const runsOneJob = (runtime: SqlRuntime): boolean => hasFixedJobId(runtime) || (runtime.isHighlyAvailable ?? false);

/** The statements that Flink would drop without an error, or would refuse when the first job runs. */
const findFurtherJobs = (statements: readonly Statement[]): readonly ScriptError[] => {
  const [first, ...others] = statements.filter(startsJob);
  return others.map(({ line }) => ({
    line,
    detail: `this statement would start a second job, after the one of line ${first?.line}; write both into one statement set: EXECUTE STATEMENT SET BEGIN …; END;`,
  }));
};

const findMissingJob = (statements: readonly Statement[]): readonly ScriptError[] =>
  statements.every(startsNoJob)
    ? [{ line: statements[0]?.line ?? 1, detail: 'no statement of the script starts a job; add an INSERT' }]
    : [];

/** What a script does that is valid and probably not intended. */
export const findSqlWarnings = ({ script, scriptUri }: SqlProgram, context: SettingContext): readonly string[] => {
  if (script === undefined)
    return runsOneJob(context)
      ? [
          `Drey does not read ${describeUri(scriptUri ?? '')}. If it starts several jobs, Flink drops or refuses all but the first one. Write several INSERTs into one statement set.`,
        ]
      : [];
  return readScriptSettings({ script }).flatMap((setting) => warnAboutSetting(setting, context));
};
