import { describe, expect, it } from 'vitest';

import type { FlinkVersion } from '#events/flink-version.ts';
import { nameSettings, readSettings, withClusterSettings } from '#shared/flink/program/sql-settings.ts';
import { splitStatements } from '#shared/flink/program/sql-statements.ts';
import { findSqlErrors, findSqlWarnings, toSqlArgs } from '#shared/flink/program/sql.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

const insert = 'INSERT INTO o SELECT 1;';
const errorsOf = (script: string, flinkVersion: FlinkVersion = '2.2') =>
  findSqlErrors({ script }, { mode: 'application', flinkVersion }).map(({ detail }) => detail);

describe('the arguments of the driver', () => {
  it.each([
    [{ script: '-- a\nSELECT 1;' }, ['--script', '-- a\nSELECT 1;']],
    [{ scriptUri: 's3://b/a.sql' }, ['--scriptUri', 's3://b/a.sql']],
    [{ scriptUri: 'local:///opt/flink/usrlib/a.sql' }, ['--scriptUri', 'file:///opt/flink/usrlib/a.sql']],
  ])('%j', (sql, args) => {
    expect(toSqlArgs(sql)).toEqual(args);
  });
});

describe('a script that Flink cannot execute', () => {
  it.each([
    ['', 'line 1: the script has no statement'],
    ['-- nothing', 'line 1: the script has no statement'],
    ["\nSELECT 'a", "line 2: the text that begins here with ' has no closing '"],
    ["SET 'a' = 'b';\nCREATE TABLE t (id INT);", 'line 1: no statement of the script starts a job; add an INSERT'],
    ['SHOW TABLES;', 'line 1: no statement of the script starts a job; add an INSERT'],
    [
      `${insert}\n${insert}`,
      'line 2: this statement would start a second job, after the one of line 1; write both into one statement set: EXECUTE STATEMENT SET BEGIN …; END;',
    ],
    [
      `CREATE TABLE a AS SELECT 1 AS x;\n-- and\n${insert}`,
      'line 3: this statement would start a second job, after the one of line 1; write both into one statement set: EXECUTE STATEMENT SET BEGIN …; END;',
    ],
    [
      `SET 'execution.savepoint.path' = 's3://b/sp';\n${insert}`,
      'line 1: SET execution.savepoint.path: the savepoint of a job is not set in the script, because Drey records it; use restore.path (-s PATH)',
    ],
    [
      `SET 'execution.savepoint-restore-mode' = 'CLAIM';\n${insert}`,
      'line 1: SET execution.savepoint-restore-mode: how a job uses its savepoint is not set in the script; use restore.claimMode (--claimMode) or restore.allowNonRestoredState (-n)',
    ],
    [`${insert} // a`, 'line 1: a comment begins with --, not with //'],
    [
      `SET ' execution.state-recovery.path ' = 's3://b/sp';\n${insert}`,
      'line 1: SET execution.state-recovery.path: the savepoint of a job is not set in the script, because Drey records it; use restore.path (-s PATH)',
    ],
    [`//*\nSET 'a.b' = 'c' --*/\n;${insert}`, 'line 1: a comment begins with --, not with //'],
    [`\n/***/ -- */ SET 'a.b' = 'c'\n;${insert}`, 'line 2: write the comment /***/ as /* */'],
    [
      `-- a\r\rSET 'a.b' = 'c'\n;${insert}`,
      'line 1: the comment that begins here has a carriage return; end its line with a line feed',
    ],
  ])('%j', (script, detail) => {
    expect(errorsOf(script)).toEqual([detail]);
  });

  it.each([
    'execution.target',
    '$internal.pipeline.job-id',
    '$internal.application.id',
    'internal.cluster.execution-mode',
    'kubernetes.internal.jobmanager.entrypoint.class',
    'python.internal.files-key-map',
    'jobmanager.rpc.address',
    'high-availability.cluster-id',
    'recovery.zookeeper.path.namespace',
  ])('sets %s, which Drey or Flink sets itself', (key) => {
    const script = `USE c;\nSET '${key}' = 'x';\n${insert}`;
    const error = `line 2: SET ${key}: Drey or Flink sets this option itself; remove the statement`;

    expect(errorsOf(script)).toEqual([error]);
    expect(findSqlErrors({ script }, { mode: 'session', flinkVersion: '2.3' })).toEqual([
      { pointer: '/sql/script', detail: error },
    ]);
  });

  it.each([
    `SET U&'\\0061' = 'x'`,
    `SET N'a' = 'x'`,
    `SET E'a'='x'`,
    `SET _UTF8'a' = 'x'`,
    `SET 'a'\n'b' = 'x'`,
    `SET 'a' = 'x' 'y'`,
    `SET'a'='x'`,
    `SET 'a'`,
    `SET a =`,
  ])('has a SET that only Flink would read: %s', (set) => {
    expect(errorsOf(`${set};\n${insert}`)).toEqual(["line 1: Drey cannot read this SET; write SET 'key' = 'value'"]);
  });

  it.each([
    insert,
    `SET; ${insert}`,
    `-- Windows\r\n/****\r\n * banner\r\n ****/\r\n/**/ -- end\r\n${insert} -- last\r`,
    `INSERT INTO o SELECT 1 / 2 AS \`//\`, '// /***/', "//";`,
    `SET 'kubernetes.internal-service.annotations' = 'a:b'; ${insert}`,
    `CREATE VIEW v AS SELECT 1;\n${insert}`,
    `EXECUTE STATEMENT SET BEGIN ${insert} ${insert} END;`,
    `BEGIN STATEMENT SET; ${insert} ${insert} END;`,
    'CALL sys.compact();',
    "SELECT 'a;b' AS `insert;`",
  ])('%j is not one', (script) => {
    expect(errorsOf(script)).toEqual([]);
  });

  it.each(['SHOW TABLES;', `${insert}\n${insert}`])(
    '%j is one on a session, and none in an application of Flink 2.3',
    (script) => {
      expect(errorsOf(script, '2.3')).toEqual([]);
      expect(findSqlErrors({ script }, { mode: 'session', flinkVersion: '2.3' })).toMatchObject([
        { pointer: '/sql/script' },
      ]);
    },
  );

  it('starts one job in an application of Flink 2.3 with high availability, because all jobs would have one ID', () => {
    const runtime = { mode: 'application', flinkVersion: '2.3', isHighlyAvailable: true } as const;

    expect(findSqlErrors({ script: `${insert}\n${insert}` }, runtime)).toMatchObject([
      { detail: expect.stringMatching(/^line 2: this statement would start a second job/) },
    ]);
    expect(findSqlErrors({ script: 'CREATE TABLE t (a INT)' }, runtime)).toEqual([]);
    expect(findSqlWarnings({ scriptUri: 's3://b/a.sql' }, { ...runtime, config: {} })).toHaveLength(1);
  });

  it('names the way out on Flink 1.20, which has no driver', () => {
    expect(findSqlErrors({ script: insert }, { mode: 'session', flinkVersion: '1.20' })).toEqual([
      {
        pointer: '/sql',
        detail:
          'Flink 1.20 has no driver for SQL scripts; use an image of Flink 2.0 or later, or a jar whose program executes the statements',
      },
    ]);
  });

  it.each([
    ['etl.sql', /^etl\.sql is not a URI that the JobManager can read; write for example local:/],
    ['http://host/a.sql', /is not a URI/],
    ['ftp://host/a.sql', /is not a URI/],
    ['s3://bucket', /does not name a file/],
    ['local://a.sql', /does not name a file in the image/],
    ['s3://bucket/a b.sql', /%20/],
  ])('%s', (scriptUri, detail) => {
    expect(findSqlErrors({ scriptUri }, { mode: 'session', flinkVersion: '2.3' })).toEqual([
      { pointer: '/sql/scriptUri', detail: expect.stringMatching(detail) },
    ]);
  });

  it.each(['local:///opt/a.sql', 'file:///opt/a.sql', 's3://b/a.sql', 's3p://b/a.sql', 'https://h/a.sql?x=1'])(
    'reads %s',
    (scriptUri) => {
      expect(findSqlErrors({ scriptUri }, { mode: 'session', flinkVersion: '2.0' })).toEqual([]);
    },
  );
});

describe('the SETs of a script', () => {
  it('are read in the forms of Flink', () => {
    const script = "SET 'a.b' = 'it''s'; set\nc = 'd';SET e=f;\nRESET 'a.b'; SET 'g' = 'h'; SET; SET 'i' = j";

    expect(readSettings(splitStatements(script).statements)).toEqual([
      { key: 'a.b', value: "it's", line: 1, isAtHead: true },
      { key: 'c', value: 'd', line: 1, isAtHead: true },
      { key: 'e', value: 'f', line: 2, isAtHead: true },
      { key: 'g', value: 'h', line: 3, isAtHead: false },
    ]);
  });

  it('join the options of the cluster, if its processes read them when they start', () => {
    const script = `SET 'taskmanager.numberOfTaskSlots' = '4'; SET 'parallelism.default' = '8'; SET 'state.savepoints.dir' = 's3://b/sp'; SET 'kubernetes.jobmanager.cpu' = '0.5';
      ${insert} SET 'jobmanager.memory.process.size' = '2g';`;

    expect(withClusterSettings({ 'rest.port': '8082' }, { sql: { script } })).toEqual({
      'rest.port': '8082',
      'taskmanager.numberOfTaskSlots': '4',
      'kubernetes.jobmanager.cpu': '0.5',
      'state.savepoints.dir': 's3://b/sp',
    });
  });

  it('must not contradict the options of the command', () => {
    const script = `SET 'taskmanager.numberOfTaskSlots' = '3';\nSET 'taskmanager.numberOfTaskSlots' = '4'; ${insert}`;
    const job = { sql: { script } };

    expect(withClusterSettings({ 'taskmanager.numberOfTaskSlots': '4' }, job)).toEqual({
      'taskmanager.numberOfTaskSlots': '4',
    });
    expect(faultOf(() => withClusterSettings({ 'taskmanager.numberOfTaskSlots': '2' }, job))?.errors).toEqual([
      {
        pointer: '/config/taskmanager.numberOfTaskSlots',
        detail:
          "has another value than SET 'taskmanager.numberOfTaskSlots' on line 2 of the script; remove one of them",
      },
    ]);
  });

  it.each([
    [
      'application',
      `${insert}\nSET 'taskmanager.cpu.cores' = '2';`,
      'Line 2 of the script sets taskmanager.cpu.cores, which has no effect, because the cluster is already running at that point. Move the SET to the head of the script.',
    ],
    [
      'session',
      `SET 'taskmanager.cpu.cores' = '2';\n${insert}`,
      'Line 1 of the script sets taskmanager.cpu.cores, which has no effect, because the session is already running.',
    ],
    [
      'application',
      `SET 'parallelism.default' = '2';\n${insert}`,
      'Line 1 of the script sets parallelism.default, which replaces the value of the command.',
    ],
  ] as const)('warn in an %s: %j', (mode, script, warning) => {
    expect(findSqlWarnings({ script }, { mode, flinkVersion: '2.2', config: { 'parallelism.default': '4' } })).toEqual([
      warning,
    ]);
  });

  it.each([
    [
      `SET 'table.exec.mini-batch.enabld' = 'true';\n${insert}`,
      'Line 1 of the script: table.exec.mini-batch.enabld is not an option of Flink. The most similar option is table.exec.mini-batch.enabled.',
    ],
    [
      `${insert}\nSET 'pipeline.nam' = 'x'`,
      'Line 2 of the script: pipeline.nam is not an option of Flink. The most similar option is pipeline.name.',
    ],
    [
      `SET 'execution.checkpointing.unaligned.forced' = 'x'; SET 'kubernetes.cluster-idd' = 'x'; ${insert}`,
      'Line 1 of the script: kubernetes.cluster-idd is not an option of Flink. The most similar option is kubernetes.cluster-id.',
    ],
    [
      `SET 'state.backend' = 'rocksdb'; ${insert}`,
      "Line 1 of the script sets state.backend, which has no effect, because the command sets state.backend.type. Write SET 'state.backend.type'.",
    ],
    [
      `SET 'state.backend.type' = 'rocksdb'; ${insert}`,
      'Line 1 of the script sets state.backend.type, which replaces the value of the command.',
    ],
  ])('warn about a name: %j', (script, warning) => {
    const config = { 'state.backend.type': 'hashmap' };

    expect(findSqlWarnings({ script }, { mode: 'application', flinkVersion: '2.3', config })).toEqual([warning]);
  });

  it('name the statement in place of the option in a mistake', () => {
    const script = `SET 'kubernetes.jobmanager.cpu' = 'x';\nSET 'rest.port' = '6123';\n${insert}`;
    const job = { sql: { script } };
    const error = (key: string) => ({ pointer: `/config/${key}`, detail: 'is wrong' });

    expect(nameSettings(['kubernetes.jobmanager.cpu.amount', 'rest.port', 'rest.address'].map(error), job)).toEqual([
      { pointer: '/job/sql/script', detail: 'line 1: SET kubernetes.jobmanager.cpu: is wrong' },
      { pointer: '/job/sql/script', detail: 'line 2: SET rest.port: is wrong' },
      error('rest.address'),
    ]);
  });

  it.each([`SET 'parallelism.default' = '4'; ${insert}`, `SET 'taskmanager.cpu.cores' = '2'; ${insert}`])(
    'do not warn: %j',
    (script) => {
      expect(
        findSqlWarnings(
          { script },
          { mode: 'application', flinkVersion: '2.2', config: { 'parallelism.default': '4' } },
        ),
      ).toEqual([]);
    },
  );
});
