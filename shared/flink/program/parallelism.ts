import type { SqlProgram } from '#events/programs/sql.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { listKeysOfAllVersions } from '#shared/flink/option-names/canonical.ts';
import { assertNoFieldErrors, toFieldError } from '#shared/flink/options.ts';
import { parseInteger, parseMap } from '#shared/flink/syntax.ts';

import { readTableParallelisms } from './sql-parallelism.ts';
import { readScriptSettings, toSettingError } from './sql-settings.ts';

/**
 * @see Flink 2.2 `CoreOptions.DEFAULT_PARALLELISM`, `ExecutionConfigOptions.TABLE_EXEC_RESOURCE_DEFAULT_PARALLELISM`,
 *   `BatchExecutionOptions`
 */
const parallelismOptions: readonly string[] = [
  'parallelism.default',
  'table.exec.resource.default-parallelism',
  // The scheduler of batch jobs chooses a parallelism up to the first one, and for sources up to the second one.
  ...listKeysOfAllVersions('execution.batch.adaptive.auto-parallelism.max-parallelism'),
  ...listKeysOfAllVersions('execution.batch.adaptive.auto-parallelism.default-source-parallelism'),
  'table.exec.hive.infer-source-parallelism.max',
];

/**
 * The largest parallelism that the scheduler of batch jobs chooses when `parallelism.default` is -1.
 *
 * @see Flink 2.2 `AdaptiveBatchSchedulerFactory.getDefaultMaxParallelism`
 */
const unlimitedParallelism = 128;

/** The parallelism of single operators, by their IDs. @see Flink 2.2 `PipelineOptions.PARALLELISM_OVERRIDES` */
const overrides = 'pipeline.jobvertex-parallelism-overrides';

interface Script {
  readonly sql: SqlProgram | undefined;
  /** The place of `sql` in the request. */
  readonly pointer: '/job/sql' | '/sql';
}

/**
 * The largest parallelism that the options of a job, a `SET` of its script, or the options of a table in it ask for. At
 * least 1.
 *
 * @throws Fault `refused-option` for a parallelism that is not an integer, and for options of tables that cannot be read.
 */
export const computeParallelism = (config: Config, { sql, pointer }: Script): number => {
  const options = Object.entries(config).flatMap(([key, value]) =>
    readParallelisms({ key, value: toText(value) }, (detail) => toFieldError(key, detail)),
  );
  const settings = (sql === undefined ? [] : readScriptSettings(sql)).flatMap((setting) =>
    readParallelisms(setting, (detail) => toSettingError(setting, { pointer: `${pointer}/script`, detail })),
  );
  const { values, errors } = sql === undefined ? noTables : readTableParallelisms(sql);
  assertNoFieldErrors(
    errors.map(({ line, detail }) => ({ pointer: `${pointer}/script`, detail: `line ${line}: ${detail}` })),
  );
  return [1, ...options, ...settings, ...values].reduce((largest, one) => Math.max(largest, one));
};

const noTables = { values: [], errors: [] } as const;

interface Setting {
  readonly key: string;
  readonly value: string;
}

/** The numbers of an option, if it is about parallelism. */
const readParallelisms = ({ key, value }: Setting, toError: (detail: string) => FieldError): readonly number[] => {
  const isNumber = parallelismOptions.includes(key) || key.startsWith(`${overrides}.`);
  if (!isNumber && key !== overrides) return [];
  try {
    const values = (isNumber ? [value] : Object.values(parseMap(value))).map((text) => parseInteger(text));
    return values.map((one) => (key === 'parallelism.default' && one < 0 ? unlimitedParallelism : one));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    assertNoFieldErrors([toError(error.message)]);
    throw error;
  }
};
