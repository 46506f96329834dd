import type { SqlProgram } from '#events/programs/sql.ts';
import { Fault } from '#events/problems/problem.ts';
import { parseInteger } from '#shared/flink/syntax.ts';

import { isQuery, startsNoJob } from './sql-jobs.ts';
import { readSettings, type Setting } from './sql-settings.ts';
import { listHints, type ScriptError, splitStatements } from './sql-statements.ts';

/** A text, also one with escapes. SQL joins texts that follow each other. */
const literal = String.raw`(?:(?<!\w)(?:U&|E))?'(?:[^']|'')*'(?:\s+UESCAPE\s+'[^']*')?`;
const literals = `(?:${literal})(?:\\s+${literal})*`;
/** A text, and the one that an equals sign assigns to it. A quote in a quoted name begins no text. */
const assignmentPattern = new RegExp(`\`[^\`]*\`|"[^"]*"|(${literals})(?:\\s*=\\s*(${literals}))?`, 'gi');

interface TableParallelisms {
  readonly values: readonly number[];
  readonly errors: readonly ScriptError[];
}

/**
 * The parallelism that the options of tables in a script give single operators, such as `'sink.parallelism' = '4'` in a
 * `WITH`, an `ALTER TABLE … SET` or a hint. Each connector has names of its own, so that the form of a name decides.
 */
export const readTableParallelisms = ({ script = '' }: SqlProgram): TableParallelisms => {
  const { statements } = splitStatements(script);
  const texts = [...statements.filter(({ words }) => !/^SET\b/.test(words)), ...listHints(script)];
  const found = texts.flatMap(({ text, line }) =>
    [...text.matchAll(assignmentPattern)].flatMap(([, key, value]) =>
      key === undefined || value === undefined ? [] : [readAssignment(key, value, line)],
    ),
  );
  return {
    values: found.filter((one) => typeof one === 'number'),
    errors: found.filter((one) => typeof one === 'object'),
  };
};

const readAssignment = (key: string, value: string, line: number): number | ScriptError | undefined => {
  const [name, assigned] = [readLiterals(key), readLiterals(value)];
  const isRelevant = setsParallelism(name.text);
  if (name.isEscaped || (isRelevant && assigned.isEscaped))
    return {
      line,
      detail: "Drey cannot read an option of a table in texts that begin with U& or E; write 'key' = 'value'",
    };
  return isRelevant ? findInteger(assigned.text) : undefined;
};

const readLiterals = (literals: string): { readonly text: string; readonly isEscaped: boolean } => {
  const parts = [...literals.matchAll(/(U&|E)?'((?:[^']|'')*)'/gi)];
  return {
    text: parts.map(([, , content = '']) => content.replaceAll("''", "'")).join(''),
    isEscaped: parts.some(([, prefix]) => prefix !== undefined),
  };
};

/** A maximum parallelism only divides state. `scan.infer-parallelism.max` and Hudi's `write.tasks` count. */
const setsParallelism = (key: string): boolean =>
  (/parallelism/i.test(key) && !/max[._-]parallelism$/i.test(key)) || /(?:^|\.)tasks$/i.test(key);

/** Flink refuses another value, or it is a switch such as `scan.infer-parallelism`. */
const findInteger = (text: string): number | undefined => {
  try {
    return parseInteger(text.trim());
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
};

const synchronous = 'table.dml-sync';

/**
 * The number of jobs of a script that may run at the same time. Flink waits for the end of a query, and for that of other
 * jobs only if `table.dml-sync` is true. It is unknown whether other statements start a job, so each counts.
 *
 * @param config The options of the cluster.
 * @see Flink 2.2 `ScriptExecutor.execute`, which prints the result of each statement
 */
export const countConcurrentJobs = ({ script }: SqlProgram, config: Readonly<Record<string, unknown>>): number => {
  if (script === undefined) return 1;
  const { statements } = splitStatements(script);
  const settings = readSettings(statements).filter(({ key }) => key === synchronous);
  const isReset = statements.some(({ words }) => /^RESET\b/.test(words));
  const waits = isTrue(config[synchronous]) || (settings[0]?.isAtHead === true && !isReset);
  if (waits && settings.every(isTrueSetting)) return 1;
  const starting = statements.filter((statement) => !startsNoJob(statement));
  const others = starting.filter((statement) => !isQuery(statement));
  return Math.max(1, others.length + (others.length < starting.length ? 1 : 0));
};

const isTrue = (value: unknown): boolean => String(value).trim().toLowerCase() === 'true';
const isTrueSetting = ({ value }: Setting): boolean => isTrue(value);
