import { describe, expect, it } from 'vitest';

import { parseQuantity } from '#events/kubernetes/quantity.ts';
import { readTableParallelisms } from '#shared/flink/program/sql-parallelism.ts';
import { listLiterals, splitStatements } from '#shared/flink/program/sql-statements.ts';
import { describeUri } from '#shared/flink/program/uri.ts';
import { parseDouble, parseMap, trimBlanks } from '#shared/flink/syntax.ts';
import { parseYaml } from '#shared/flink/yaml-document.ts';
import { findLastCause } from '#shared/flink/rest/stack-trace.ts';
import { maxGrowth, measureGrowth } from '#test/support/growth.ts';

/**
 * Texts on which a regular expression with two ways to match the same characters tries all of them. The linter refuses such
 * expressions (`no-super-linear-…`); this test would see one that the linter does not know.
 */
const cases: readonly (readonly [what: string, parse: (length: number) => unknown])[] = [
  ['a quantity of digits', (length) => parseQuantity(`${'1'.repeat(length)}x`)],
  ['a number of digits', (length) => attempt(() => parseDouble(`${'1'.repeat(length)}x`))],
  ['a value of blanks', (length) => trimBlanks(`a${' '.repeat(length)}a`)],
  ['a URI of colons', (length) => describeUri(`s3://${':'.repeat(length)}`)],
  ['a log of blanks', (length) => findLastCause(`java.lang.Error: ${' '.repeat(length)}x\n\tat a.b(c)`)],
  ['texts of a script', (length) => readTableParallelisms({ script: `SELECT ${"'a' ".repeat(length / 4)}` })],
  ['quotes of a script', (length) => readTableParallelisms({ script: `SELECT 'a' = ${"'".repeat(length * 2)}` })],
  ['blanks of a script', (length) => readTableParallelisms({ script: `SELECT 'a'${' '.repeat(length)}b` })],
  ['semicolons of a statement set', (length) => splitStatements(`BEGIN STATEMENT SET;${';'.repeat(length)}END;`)],
  ['literals of a statement', (length) => listLiterals({ text: `ADD JAR ${"'a''b' ".repeat(length / 8)}` })],
  ['hints of a script', (length) => readTableParallelisms({ script: 'SELECT 1 /*+ a */ '.repeat(length / 20) })],
  ['an option with a map', (length) => attempt(() => parseMap(toMap(length / 10)))],
  ['an option with anchors', (length) => attempt(() => parseMap(`${'&a '.repeat(length / 10)}[x]`))],
  ['a map of YAML', (length) => parseYaml(toMap(length / 10))],
  ['anchors of YAML', (length) => parseYaml(`${'&a '.repeat(length / 10)}[x]`)],
];

const toMap = (count: number) => `{${Array.from({ length: count }, (_, index) => `a${index}: b`).join(', ')}}`;

const attempt = (work: () => unknown) => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

describe('the time to read a text', () => {
  it.each(cases)('grows with its length, not with the square of it: %s', async (_what, parse) => {
    expect(await measureGrowth(parse, 20_000)).toBeLessThan(maxGrowth);
  });
});
