import { afterAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { enableS3, toWords, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import { call, clusterPath, freshId, listJobs, small, stop, untilRestored, untilState } from '../support/system.ts';

const [failing, session] = [freshId('badsql'), freshId('sqlsession')];
const options = (clusterId: string, config: object = {}) =>
  toWords({ 'kubernetes.cluster-id': clusterId, ...small, ...enableS3(), ...config });

const { url, readRows } = useBucket();
const tables = (name: string) => `
CREATE TEMPORARY TABLE numbers (id INT) WITH (
  'connector' = 'datagen', 'number-of-rows' = '20',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '20'
);
CREATE TABLE lines (id INT, text STRING) WITH ('connector' = 'print');
CREATE TABLE files (id INT, text STRING) WITH (
  'connector' = 'filesystem', 'path' = '${url}/${name}', 'format' = 'csv'
);`;

afterAll(async () => {
  if ((await stop(session)).status < 300) await untilState(session, 'STOPPED');
});

describe.concurrent('a SQL script', () => {
  it.each(['2.2', '2.3'])(
    'runs as an application of Flink %s: DDL, a SET of the cluster, and a statement set with two sinks',
    async (version) => {
      const clusterId = freshId('sql');
      const script = `-- it's "one" script; with a comment
SET 'taskmanager.numberOfTaskSlots' = '2';
SET 'pipeline.name' = 'numbers';${tables(clusterId)}
EXECUTE STATEMENT SET BEGIN
INSERT INTO lines SELECT id, 'a;b' FROM numbers;
INSERT INTO files SELECT id, 'it''s #1' FROM numbers;
END;`;
      const image = `flink:${version}`;
      const config = { ...enableS3(version), 'kubernetes.container.image.ref': image, 'execution.attached': true };

      const ended = await drey(['sql', '-f', '-', ...options(clusterId, config)], script);

      expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/Job with JobID \w+ has finished\./) });
      expect(await listJobs(clusterId)).toMatchObject([{ name: 'numbers', state: 'FINISHED' }]);
      expect(await readRows(clusterId)).toHaveLength(20);
      expect((await readRows(clusterId)).find((row) => row.startsWith('7,'))).toMatch(/^7,"?it's #1"?$/);
    },
  );

  it.each([
    [
      'one job for each INSERT',
      "INSERT INTO lines SELECT id, 'a' FROM numbers;\nINSERT INTO files SELECT id, 'b' FROM numbers;",
      { state: 'FINISHED', jobs: ['files FINISHED', 'lines FINISHED'] },
    ],
    [
      'one job for each INSERT, one of which fails',
      "INSERT INTO files SELECT id, 'a' FROM numbers;\nINSERT INTO lines SELECT CAST('x' AS INT), 'b' FROM numbers;",
      { state: 'FAILED', jobs: [expect.stringMatching(/^files /), 'lines FAILED'] },
    ],
    ['no job', '', { state: 'FINISHED', jobs: [] }],
  ])('starts %s in an application of Flink 2.3', async (_jobs, inserts, expected) => {
    const clusterId = freshId('sqljobs');
    const config = { ...enableS3('2.3'), 'kubernetes.container.image.ref': 'flink:2.3', 'execution.attached': true };

    const ended = await drey(['sql', '-f', '-', ...options(clusterId, config)], `${tables(clusterId)}\n${inserts}`);

    expect(ended.code).toBe(expected.state === 'FINISHED' ? 0 : 1);
    expect((await call<Cluster>('GET', clusterPath(clusterId))).body).toMatchObject({ state: expected.state });
    const jobs = await listJobs(clusterId);
    expect(jobs.map(({ name, state }) => `${name.split('.').at(-1)} ${state}`).toSorted()).toEqual(expected.jobs);
  });

  it('is FAILED with the message of Flink, which has the line', async () => {
    const ended = await drey([
      'sql',
      '--execute',
      `CREATE TABLE o (id INT) WITH ('connector' = 'print');\n\nINSERT INTO o\n  SELECT id FORM o;`,
      '-Dexecution.attached=true',
      ...options(failing),
    ]);

    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain(
      'SqlParserException: SQL parse failed. Encountered "o" at line 4, column 18.',
    );
  });

  it('runs on a session, stops with a savepoint and starts from it', async () => {
    const started = await drey(['kubernetes-session', ...options(session)]);
    expect(started).toMatchObject({ code: 0 });

    const bounded = await drey(
      ['sql', '-f', '-', '--session', session],
      `${tables('session')}\nINSERT INTO files SELECT id, 'x' FROM numbers;`,
    );
    expect(bounded).toMatchObject({ code: 0 });
    expect(await readRows('session')).toHaveLength(20);

    const wrong = await drey(['sql', '--session', session, '--execute', 'INSERT INTO nowhere\nSELECT 1']);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/nowhere/);

    const endless = `CREATE TABLE s (id INT) WITH ('connector' = 'datagen');
CREATE TABLE o (id INT) WITH ('connector' = 'blackhole');
INSERT INTO o SELECT id FROM s;`;
    expect(await drey(['sql', '-d', '-f', '-', '--session', session], endless)).toMatchObject({ code: 0 });
    const [job] = (await listJobs(session)).filter(({ state }) => state === 'RUNNING');
    const stopped = await drey(['stop', `-Dkubernetes.cluster-id=${session}`, '-p', url, job?.jobId ?? '']);
    const [, savepoint = ''] = /Path: (\S+)/.exec(stopped.stdout) ?? [];
    expect(savepoint).toContain(`${url}/savepoint-`);

    expect(await drey(['sql', '-d', '-s', savepoint, '-f', '-', '--session', session], endless)).toMatchObject({
      code: 0,
    });
    const [restored] = (await listJobs(session)).filter(({ state }) => state === 'RUNNING');
    expect(restored?.jobId).not.toBe(job?.jobId);
    expect(await untilRestored(session, restored?.jobId ?? '')).toBe(savepoint);
  });
});
