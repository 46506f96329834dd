import type { ApplicationJob } from '#events/programs/application-job.ts';
import type { Restore } from '#events/programs/program.ts';
import type { Config } from '#shared/flink/config.ts';
import { restoreModeOptions, restorePathOption } from '#shared/flink/option-names/restore.ts';

import { toPythonConfig } from './python.ts';
import { sqlDriver, toSqlArgs } from './sql.ts';

/** The options from which the JobManager reads the program. @see Flink 2.2 `ApplicationConfiguration`, `ExecutionConfigAccessor` */
export const toJobConfig = (job: ApplicationJob): Config => {
  const { parallelism, classpaths, restore } = job;
  return {
    ...toProgramConfig(job),
    ...(classpaths === undefined || classpaths.length === 0
      ? {}
      : { 'pipeline.classpaths': classpaths.map(toJavaUrl) }),
    ...(parallelism === undefined ? {} : { 'parallelism.default': parallelism }),
    ...toRestoreConfig(restore),
  };
};

/** Only what `restore` says. The options of the command say the rest. */
const toRestoreConfig = ({ path, claimMode, allowNonRestoredState }: Restore = {}): Config => ({
  ...(path === undefined ? {} : { [restorePathOption]: path }),
  ...(allowNonRestoredState === undefined ? {} : { [restoreModeOptions.allowNonRestoredState]: allowNonRestoredState }),
  ...(claimMode === undefined ? {} : { [restoreModeOptions.claimMode]: claimMode }),
});

const toProgramConfig = (job: ApplicationJob): Config => {
  if ('python' in job) return toPythonConfig(job);
  return 'sql' in job ? toSqlConfig(job) : toJarConfig(job);
};

/** @see Flink 2.2 `SqlGatewayServiceImpl.deployScript` */
const toSqlConfig = ({ sql }: Extract<ApplicationJob, { readonly sql: unknown }>): Config => ({
  '$internal.application.main': sqlDriver,
  '$internal.application.program-args': toSqlArgs(sql),
});

type JarJob = Extract<ApplicationJob, { readonly jar: string }>;

const toJarConfig = ({ jar, entryClass, args }: JarJob): Config => ({
  'pipeline.jars': [jar],
  ...(entryClass === undefined ? {} : { '$internal.application.main': entryClass }),
  ...(args.length === 0 ? {} : { '$internal.application.program-args': args }),
});

/** The address in the form of `java.net.URL`. */
const toJavaUrl = (address: string): string => address.replace(/^file:\/\/\/(?!\/)/, 'file:/');
