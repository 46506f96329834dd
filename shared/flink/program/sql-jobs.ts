import type { Statement } from './sql-statements.ts';

/** Statements that start a job. A statement set is one job. */
const startPattern =
  /^(INSERT|SELECT|WITH|VALUES|EXECUTE|BEGIN STATEMENT SET|COMPILE AND EXECUTE|(CREATE|REPLACE)( OR REPLACE)? TABLE .* AS \(?(SELECT|WITH))\b/;
/** Statements that start no job. It is unknown whether others do. */
const definitionPattern =
  /^(SET|RESET|USE|LOAD|UNLOAD|ADD|REMOVE|SHOW|DESC|DESCRIBE|EXPLAIN|DROP|(CREATE|ALTER)( OR REPLACE)?( TEMPORARY)?( SYSTEM)? (TABLE|VIEW|FUNCTION|DATABASE|CATALOG))\b/;

/** Whether a statement certainly starts a job. */
export const startsJob = ({ words }: Statement): boolean => startPattern.test(words);

/** Whether a statement certainly starts no job. */
export const startsNoJob = (statement: Statement): boolean =>
  !startsJob(statement) && definitionPattern.test(statement.words);

/** Whether a statement is a query, whose result Flink's driver prints. */
export const isQuery = ({ words }: Statement): boolean => /^(SELECT|WITH|VALUES)\b/.test(words);
