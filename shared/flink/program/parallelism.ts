import type { SqlProgram } from '#events/programs/sql.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { assertNoFieldErrors, toFieldError } from '#shared/flink/options.ts';
import { parseInteger, parseMap } from '#shared/flink/syntax.ts';

import { readScriptSettings, toSettingError } from './sql-settings.ts';

/** @see Flink 2.2 `CoreOptions.DEFAULT_PARALLELISM`, `ExecutionConfigOptions.TABLE_EXEC_RESOURCE_DEFAULT_PARALLELISM` */
const parallelismOptions: readonly string[] = ['parallelism.default', 'table.exec.resource.default-parallelism'];

/** The parallelism of single operators, by their IDs. @see Flink 2.2 `PipelineOptions.PARALLELISM_OVERRIDES` */
const overrides = 'pipeline.jobvertex-parallelism-overrides';

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
  const options = Object.entries(config).flatMap(([key, value]) =>
    readParallelisms({ key, value: toText(value) }, (detail) => toFieldError(key, detail)),
  );
  const settings = (sql === undefined ? [] : readScriptSettings(sql)).flatMap((setting) =>
    readParallelisms(setting, (detail) => toSettingError(setting, { pointer: `${pointer}/script`, detail })),
  );
  return Math.max(1, ...options, ...settings);
};

interface Setting {
  readonly key: string;
  readonly value: string;
}

/** The numbers of an option, if it is about parallelism. */
const readParallelisms = ({ key, value }: Setting, toError: (detail: string) => FieldError): readonly number[] => {
  const isNumber = parallelismOptions.includes(key) || key.startsWith(`${overrides}.`);
  if (!isNumber && key !== overrides) return [];
  try {
    return (isNumber ? [value] : Object.values(parseMap(value))).map((text) => parseInteger(text));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    assertNoFieldErrors([toError(error.message)]);
    throw error;
  }
};
