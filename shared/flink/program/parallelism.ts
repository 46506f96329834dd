import type { SqlProgram } from '#events/programs/sql.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { assertNoFieldErrors, toFieldError } from '#shared/flink/options.ts';
import { parseInteger } from '#shared/flink/syntax.ts';

import { readScriptSettings, toSettingError } from './sql-settings.ts';

/** @see Flink 2.2 `CoreOptions.DEFAULT_PARALLELISM`, `ExecutionConfigOptions.TABLE_EXEC_RESOURCE_DEFAULT_PARALLELISM` */
const parallelismOptions: readonly string[] = ['parallelism.default', 'table.exec.resource.default-parallelism'];

interface Script {
  readonly sql: SqlProgram | undefined;
  /** The place of `sql` in the request. */
  readonly pointer: '/job/sql' | '/sql';
}

/**
 * The largest parallelism that the options of a job, or a `SET` of its script, ask for. At least 1.
 *
 * @throws Fault `refused-option` for a parallelism that is not an integer.
 */
export const computeParallelism = (config: Config, { sql, pointer }: Script): number => {
  const options = parallelismOptions
    .filter((key) => Object.hasOwn(config, key))
    .map((key) => readParallelism(toText(config[key] ?? ''), (detail) => toFieldError(key, detail)));
  const settings = (sql === undefined ? [] : readScriptSettings(sql))
    .filter(({ key }) => parallelismOptions.includes(key))
    .map((setting) =>
      readParallelism(setting.value, (detail) => toSettingError(setting, { pointer: `${pointer}/script`, detail })),
    );
  return Math.max(1, ...options, ...settings);
};

const readParallelism = (text: string, toError: (detail: string) => FieldError): number => {
  try {
    return parseInteger(text);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    assertNoFieldErrors([toError(error.message)]);
    throw error;
  }
};
