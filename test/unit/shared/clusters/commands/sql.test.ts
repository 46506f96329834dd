import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { flatten } from '#shared/flink/config.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  getLastOperation,
  jar,
  setPolicy,
  listOperations,
  runWorkflows,
  savepointDirectory,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { deploy, listRunningJobs, stop, submit } from '#test/unit/shared/clusters/restore/fixture.ts';

const driver = 'org.apache.flink.table.runtime.application.SqlDriver';
const script = "-- it's; one\nSET 'taskmanager.numberOfTaskSlots' = '3';\nINSERT INTO `a;b` SELECT '${x}' AS \"c\";\n";
const application = (sql: object, more: object = {}) => ({ mode: 'application', job: { sql, ...more } });
const readConfig = () => {
  const { manifests } = world.kubernetes.cluster(clusterId);
  const configMap = manifests?.dependents.find(({ metadata }) => metadata?.name === `flink-config-${clusterId}`);
  const text = configMap !== undefined && 'data' in configMap ? configMap.data?.['config.yaml'] : '';
  return flatten(parse(text ?? '', { mapAsMap: true }));
};

describe.each(origins)('a SQL script from %s', (_origin, send) => {
  it('is an argument of the driver in an application, unchanged', async () => {
    await send(
      'deploy',
      { clusterId, data: application({ script }, { parallelism: 2, restore: { path: 's3://b/sp' } }) },
      world,
    );
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', mode: 'application' });
    expect(readConfig()).toMatchObject({
      '$internal.application.main': driver,
      '$internal.application.program-args': ['--script', script],
      'taskmanager.numberOfTaskSlots': '3',
      'parallelism.default': 2,
      'execution.state-recovery.path': 's3://b/sp',
    });
    expect(readConfig()).not.toHaveProperty(['pipeline.jars']);
    expect(getLastOperation()?.warnings).toEqual([
      'The script contains a placeholder, ${…}. Neither Drey nor Flink replaces it.',
    ]);
  });

  it('that the JobManager reads is named by its URI', async () => {
    await send(
      'deploy',
      { clusterId, data: { ...application({ scriptUri: 'local:///opt/a.sql' }), image: 'flink:2.2.1' } },
      world,
    );

    expect(readConfig()).toMatchObject({ '$internal.application.program-args': ['--scriptUri', 'file:///opt/a.sql'] });
    expect(getLastOperation()?.warnings).toEqual([
      expect.stringMatching(/^Drey does not read local:\/\/\/opt\/a\.sql\./),
    ]);
  });

  it('runs on a session with a jar without content', async () => {
    await startSession(send);
    await send(
      'submit',
      { clusterId, data: { sql: { script }, parallelism: 2, restore: { path: 's3://b/sp' } } },
      world,
    );
    await runWorkflows();

    const { operationId = '' } = getLastOperation() ?? {};
    expect(getFlink().jobs.get(operationId)?.options).toMatchObject({
      entryClass: driver,
      programArgsList: ['--script', script],
      parallelism: 2,
      savepointPath: 's3://b/sp',
    });
    expect(getLastOperation()).toMatchObject({ kind: 'submit', state: 'SUCCEEDED', jobId: operationId });
    expect(getLastOperation()?.warnings).toEqual([
      'The script contains a placeholder, ${…}. Neither Drey nor Flink replaces it.',
      'Line 2 of the script sets taskmanager.numberOfTaskSlots, which has no effect, because the session is already running.',
    ]);
  });

  it.each([
    [{ script: 'SELECT 1', scriptUri: 's3://b/a.sql' }, ['/job/sql'], 'malformed-request'],
    [{}, ['/job/sql'], 'malformed-request'],
    [{ script: '' }, ['/job/sql/script'], 'refused-option'],
    [{ script: "INSERT INTO a SELECT 'x" }, ['/job/sql/script'], 'refused-option'],
    [{ scriptUri: 'a.sql' }, ['/job/sql/scriptUri'], 'refused-option'],
    [{ script: `-- ${'x'.repeat(100_000)}` }, ['/job/sql/script'], 'malformed-request'],
  ])('%j is refused before anything exists', async (sql, pointers, code) => {
    expect(await send('deploy', { clusterId, data: application(sql) }, world)).toMatchObject({
      outcome: 'rejected',
      code,
      pointers,
    });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it.each([
    [{ sql: { script: 'INSERT INTO a SELECT 1;\nINSERT INTO b SELECT 1;' } }, '/sql/script'],
    [{ sql: { script: 'SELECT 1' }, jar: 's3://b/x.jar' }, '/jar'],
    [{ sql: { script: 'SELECT 1' }, args: ['x'] }, '/sql'],
    [{}, '/jar'],
  ])('%j is refused by a session', async (data, pointer) => {
    await startSession(send);

    expect(await send('submit', { clusterId, data }, world)).toMatchObject({
      outcome: 'rejected',
      pointers: [pointer],
    });
    expect(listOperations()).toHaveLength(1);
  });

  it('is refused on Flink 1.20', async () => {
    const image = 'flink:1.20.5';
    const refused = { outcome: 'rejected', detail: expect.stringMatching(/Flink 1\.20 has no driver for SQL scripts/) };

    expect(
      await send('deploy', { clusterId, data: { ...application({ script: 'SELECT 1' }), image } }, world),
    ).toMatchObject(refused);
    await send('deploy', { clusterId, data: { mode: 'session', image } }, world);
    await runWorkflows();
    expect(await send('submit', { clusterId, data: { sql: { script: 'SELECT 1' } } }, world)).toMatchObject(refused);
  });

  it.each([
    ["SET 'kubernetes.service-account' = 'admin'", 'Policy of target local, denied: the option may not be set'],
    ["SET 'kubernetes.namespace' = 'other'", /^Target local deploys to namespace flink\./],
    ["SET 'kubernetes.cluster-id' = 'other'", /differs from the cluster id of the command, etl\.$/],
    ["SET 'state.checkpoints.dir' = 's3://b/c'", 'Policy of target local, denied: the option may not be set'],
    ["USE CATALOG c; SET 's3.endpoint' = 'http://x'", 'Policy of target local, denied: the option may not be set'],
    ["SET 'taskmanager.numberOfTaskSlots' = 'x'", /is not an integer/],
    ["SET 'kubernetes.jobmanager.cpu' = '-1'", 'must be at least 0'],
    ["SET 'rest.port' = '6123'", /the port of/],
    ["SET 'jobmanager.memory.process.size' = '10m'", /set at least/],
    ["SET 'kubernetes.container.image.pull-secrets' = 'a,b'", /is not the name of a Secret/],
    ["SET 'high-availability.type' = 'x'", /is not one of NONE/],
  ])('is named, not its option, in the mistake of %s', async (set, detail) => {
    setPolicy({ denied: ['kubernetes.service-account', 'execution.checkpointing.dir', 's3.*'] });
    const [, key = ''] = /SET '([^']+)/.exec(set) ?? [];
    const text = `-- first line\n${set};\nINSERT INTO a SELECT 1`;

    const sent = await send('deploy', { clusterId, data: application({ script: text }) }, world);

    expect(sent).toMatchObject({ outcome: 'rejected', code: 'refused-option', pointers: ['/job/sql/script'] });
    const prefix = `line 2: SET ${key}: `;
    expect(sent.detail?.replace('job/sql/script: ', '')).toContain(prefix);
    expect(sent.detail?.split(prefix)[1]).toMatch(detail);
  });

  describe('with a target that denies options', () => {
    const denied = ['kubernetes.service-account', 'execution.checkpointing.*', 's3.*'];
    const jars = ['s3://b/'];
    const set = "SET 'state.checkpoints.dir' = 's3://b/c'; INSERT INTO a SELECT 1";

    it.each([
      [{ sql: { script: set } }, '/sql/script'],
      [{ sql: { script: "SET ' execution.checkpointing.dir\t' = 's3://b/c'; INSERT INTO a SELECT 1" } }, '/sql/script'],
      [{ sql: { script: "SET 's3.endpoint' = 'x'; INSERT INTO a SELECT 1" } }, '/sql/script'],
      [{ sql: { scriptUri: 's3://b/a.sql' } }, '/sql/scriptUri'],
      [{ jar, config: { 'execution.checkpointing.dir': 's3://b/c' } }, '/config/execution.checkpointing.dir'],
      [{ jar, config: { 'state.checkpoints.dir': 's3://b/c' } }, '/config/state.checkpoints.dir'],
    ])('may not set them on a session: %j', async (data, pointer) => {
      await startSession(send);
      setPolicy({ denied, jars });

      expect(await send('submit', { clusterId, data }, world)).toMatchObject({
        outcome: 'rejected',
        code: 'refused-option',
        pointers: [pointer],
        detail: expect.stringMatching(/Policy of target local, denied/),
      });
      expect(listOperations()).toHaveLength(1);
    });

    it('is refused at a URI, where Drey does not read its SETs', async () => {
      setPolicy({ denied, jars });

      expect(
        await send('deploy', { clusterId, data: application({ scriptUri: 's3://b/a.sql' }) }, world),
      ).toMatchObject({
        outcome: 'rejected',
        pointers: ['/job/sql/scriptUri'],
        detail:
          'Policy of target local, denied: the script might set execution.checkpointing.*, and Drey does not read this file to check its SETs. Give the statements in script.',
      });
    });

    it('may be at a URI if no job can change a denied option', async () => {
      setPolicy({ denied: ['kubernetes.service-account', 'metrics.*', 's3.*'], jars });

      const data = application({ scriptUri: 's3://b/a.sql' });
      expect(await send('deploy', { clusterId, data }, world)).toMatchObject({ outcome: 'done' });
    });
  });

  it('causes one warning for a SET with a typing error, with its line', async () => {
    const typos = "SET 'kubernetes.clustr-id' = 'x';\nSET 'pipeline.nam' = 'x';\nINSERT INTO a SELECT 1";
    const expected = [
      'Line 1 of the script: kubernetes.clustr-id is not an option of Flink. The most similar option is kubernetes.cluster-id.',
      'Line 2 of the script: pipeline.nam is not an option of Flink. The most similar option is pipeline.name.',
    ];

    await send('deploy', { clusterId, data: application({ script: typos }) }, world);
    expect(getLastOperation()?.warnings).toEqual(expected);

    await send('deploy', { clusterId: 'live', data: { mode: 'session' } }, world);
    await runWorkflows();
    await send('submit', { clusterId: 'live', data: { sql: { script: typos } } }, world);
    expect(getLastOperation()?.warnings).toEqual(expect.arrayContaining(expected));
  });
});

describe('the job of a SQL script', () => {
  it('is submitted again by a session that is restored', async () => {
    await deploy();
    const formerJobId = await submit({ sql: { script } });
    await stop();
    await deploy({ restore: { fromCluster: clusterId } });

    expect(listRunningJobs(clusterId)).toMatchObject([
      {
        entryClass: driver,
        programArgsList: ['--script', script],
        savepointPath: `${savepointDirectory}/${formerJobId}`,
      },
    ]);
  });

  it('needs the jar of its connectors for further artifacts', async () => {
    setPolicy({ jars: ['s3://b/'] });
    const config = { 'user.artifacts.artifact-list': 's3://b/kafka.jar' };
    const data = { ...application({ script }), config };

    expect(await sendHttp('deploy', { clusterId, data }, world)).toMatchObject({
      pointers: ['/config/user.artifacts.artifact-list'],
    });
    expect(
      await sendHttp(
        'deploy',
        { clusterId, data: { ...data, config: { ...config, 'pipeline.jars': 's3://b/a.jar' } } },
        world,
      ),
    ).toMatchObject({ outcome: 'done' });
  });

  it('of an application whose statement fails has the message of Flink with the line', async () => {
    world.kubernetes.startsAtOnce = false;
    await sendHttp('deploy', { clusterId, data: application({ script }) }, world);
    const own = world.kubernetes.cluster(clusterId);
    own.trouble = { reason: 'CrashLoopBackOff', message: 'back-off 10s', exitCode: 2 };
    own.restarts = 2;
    own.previousLog = [
      'java.util.concurrent.CompletionException: org.apache.flink.X: Could not execute application.',
      '\tat a.B(C.java:1)',
      'Caused by: org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: null',
      'Caused by: org.apache.flink.table.api.SqlParserException: SQL parse failed. Encountered "o" at line 4, column 18.',
      'Was expecting one of:',
      ...Array.from({ length: 300 }, (_, index) => `    "WORD${index}" ...`),
      'Caused by: org.apache.flink.sql.parser.impl.ParseException: Encountered "o"',
    ].join('\n');
    await runWorkflows();

    expect((await getCluster())?.message).toBe(
      'SqlParserException: SQL parse failed. Encountered "o" at line 4, column 18.',
    );
  });
});
