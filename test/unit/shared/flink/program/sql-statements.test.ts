import { describe, expect, it } from 'vitest';

import { splitStatements } from '#shared/flink/program/sql-statements.ts';

const split = (script: string) => splitStatements(script).statements.map(({ text, line }) => [line, text]);

describe('the statements of a script', () => {
  it.each([
    ['', []],
    ['-- only a comment\n/* and ; another */', []],
    ['SELECT 1', [[1, 'SELECT 1']]],
    [
      '\n\nSELECT 1;\n SELECT\n2;',
      [
        [3, 'SELECT 1'],
        [4, 'SELECT\n2'],
      ],
    ],
    [
      "SET 'a' = 'x;y';SELECT 1;;",
      [
        [1, "SET 'a' = 'x;y'"],
        [1, 'SELECT 1'],
      ],
    ],
    ["SELECT 'it''s; -- no comment' -- one; comment\n, `a;b`;", [[1, "SELECT 'it''s; -- no comment'  \n, `a;b`"]]],
    ['-- first\nINSERT /* a; b */ INTO t', [[2, 'INSERT   INTO t']]],
    ['SELECT a - b / c;', [[1, 'SELECT a - b / c']]],
    [
      'EXECUTE STATEMENT SET\nBEGIN\nINSERT INTO a SELECT 1;\nINSERT INTO b SELECT 2; END; SELECT 3',
      [
        [1, 'EXECUTE STATEMENT SET\nBEGIN\nINSERT INTO a SELECT 1;\nINSERT INTO b SELECT 2; END'],
        [4, 'SELECT 3'],
      ],
    ],
    ['begin statement set; INSERT INTO a SELECT 1;\nend;', [[1, 'begin statement set; INSERT INTO a SELECT 1;\nend']]],
  ])('%j', (script, statements) => {
    expect(split(script)).toEqual(statements);
    expect(splitStatements(script).error).toBeUndefined();
  });

  it.each([
    ["SELECT 1;\nSELECT 'a;\n", 2, "the text that begins here with ' has no closing '"],
    ["SELECT 'it''", 1, "the text that begins here with ' has no closing '"],
    ['SELECT `a', 1, 'the name that begins here with ` has no closing `'],
    ['SELECT "a', 1, 'the text that begins here with " has no closing "'],
    ['\n/* a', 2, 'the comment that begins here with /* has no closing */'],
    ['\nEXECUTE STATEMENT SET BEGIN\nINSERT INTO a SELECT 1;', 2, 'the statement set that begins here has no END;'],
  ])('%j is not closed', (script, line, detail) => {
    expect(splitStatements(script).error).toEqual({ line, detail });
  });
});
