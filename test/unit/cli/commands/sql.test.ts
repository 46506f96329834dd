import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import type { Cluster } from '#events/records/cluster.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, job, oneTarget, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useFolder, useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const folder = useFolder();
const script = "SET 'taskmanager.numberOfTaskSlots' = '3';\nINSERT INTO o SELECT 'ä;';\n";
const file = join(folder, 'etl.sql');
writeFileSync(file, `\uFEFF${script}`);
const clusters = '/v1/targets/local/clusters';
const application = (more: Partial<Cluster> = {}) => cluster({ clusterId: 'app', mode: 'application', ...more });
const run = (words: readonly string[], replies: Replies = {}, input = '') => {
  server.answer({
    'GET /v1/targets': oneTarget,
    [`POST ${clusters}`]: accepted({ clusterId: 'app' }),
    [`GET ${clusters}/app`]: { body: application() },
    [`POST ${clusters}/live/jobs`]: accepted({ kind: 'submit', jobId: job().jobId }),
    ...replies,
  });
  return drey(['sql', ...words], { api: server.url, input });
};
const posted = () => server.received.find(({ method }) => method === 'POST')?.json;
const started = { mode: 'application', config: {}, job: { sql: { script } } };

describe('sql', () => {
  it.each([
    ['a file', ['-f', file], ''],
    ['a URL of a file', ['-f', `file://${file}`], ''],
    ['stdin', ['-f', '-'], script],
    ['its command line', ['--execute', script], ''],
  ])('starts an application with the script of %s', async (_source, words, input) => {
    const ended = await run(words, {}, input);

    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Create flink application cluster app/) });
    expect(posted()).toEqual(started);
  });

  it.each(['s3://b/etl.sql', 'https://h/etl.sql', 'local:///opt/etl.sql'])(
    'leaves %s to the JobManager',
    async (scriptUri) => {
      await run(['-f', scriptUri]);

      expect(posted()).toEqual({ ...started, job: { sql: { scriptUri } } });
    },
  );

  it('takes the options of a deploy and of a program', async () => {
    const words = '-Dkubernetes.cluster-id=app -Da.b=c -Ddrey.flink-version=2.1 -p 4 -s s3://b/sp -n --claimMode claim';

    await run([...words.split(' '), '-f', file]);

    expect(posted()).toEqual({
      mode: 'application',
      clusterId: 'app',
      flinkVersion: '2.1',
      config: { 'a.b': 'c' },
      job: {
        sql: { script },
        parallelism: 4,
        restore: { path: 's3://b/sp', allowNonRestoredState: true, claimMode: 'CLAIM' },
      },
    });
  });

  it('waits for the end of the application when it is attached', async () => {
    const replies = {
      [`GET ${clusters}/app`]: { body: application({ state: 'FAILED', reason: 'JobFailed', message: 'at line 4' }) },
      [`GET ${clusters}/app/jobs`]: { body: { jobs: [] } },
    };

    const ended = await run(['-Dexecution.attached=true', '-f', file], replies);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('JobFailed: at line 4');
  });

  it.each([
    ['--session', 'live'],
    ['--target', 'kubernetes-session', '-Dkubernetes.cluster-id=live'],
  ])('submits the script to a session: %s %s', async (...words) => {
    const ended = await run(['-d', ...words, '-Dpipeline.name=x', '-f', file]);

    expect(ended).toMatchObject({ code: 0, stdout: `Job has been submitted with JobID ${job().jobId}\n` });
    expect(posted()).toEqual({ sql: { script }, config: { 'pipeline.name': 'x' } });
  });

  it.each([
    [[], 'Specify the script: -f FILE or --execute STATEMENTS.'],
    [['-f', file, '--execute', 'SELECT 1'], '-f and --execute cannot be combined. Use one of them.'],
    [['etl.sql'], 'drey sql has no operands. Name the file with -f: drey sql -f etl.sql'],
    [['-f', 'none.sql'], 'File none.sql of -f does not exist. Check the path.'],
    [
      ['--session', 'live', '--target', 'kubernetes-application', '-f', file],
      '--session and --target kubernetes-application cannot be combined. Use one of them.',
    ],
  ])('refuses %j before any request', async (words, message) => {
    const ended = await run(words);

    expect(ended.code).not.toBe(0);
    expect(ended.stdout + ended.stderr).toContain(message);
    expect(server.received).toEqual([]);
  });

  it('leaves out what the folder sets and the script replaces', async () => {
    const conf = join(folder, 'conf');
    mkdirSync(conf);
    writeFileSync(join(conf, 'config.yaml'), 'taskmanager:\n  numberOfTaskSlots: 1\nrest:\n  port: 8082\n');
    server.answer({ 'GET /v1/targets': oneTarget, [`POST ${clusters}`]: accepted({ clusterId: 'app' }) });

    await drey(['sql', '--no-wait', '-f', file], { api: server.url, env: { FLINK_CONF_DIR: conf } });

    expect(posted()).toMatchObject({ config: { 'rest.port': '8082' } });
  });

  it('names the script in a mistake of it', async () => {
    const detail = 'line 1: SET taskmanager.numberOfTaskSlots: is wrong';
    const problem = { status: 422, code: 'refused-option', title: 'Option refused', retryable: false, detail };
    const errors = [{ pointer: '/job/sql/script', detail }];
    const ended = await run(['-f', file], { [`POST ${clusters}`]: { status: 422, body: { ...problem, errors } } });

    expect(ended.stderr).toContain(`the script: ${detail}`);
  });

  it('refuses a file that is not text', async () => {
    const binary = join(folder, 'binary.sql');
    writeFileSync(binary, Buffer.from([0x53, 0xe4, 0x54]));

    expect((await run(['-f', binary])).stderr).toContain('binary.sql is not a text in UTF-8. Convert it first.');
  });
});

describe('a job with the name of its statement', () => {
  it('is on one line of describe', async () => {
    const name = 'SELECT `id`\nFROM `numbers`';
    server.answer({
      'GET /v1/targets': oneTarget,
      [`GET ${clusters}/app`]: { body: application() },
      [`GET ${clusters}/app/jobs`]: { body: { jobs: [job({ name })], reachable: 'True' } },
      [`GET ${clusters}/app/events`]: { body: { transitions: [], last: 0 } },
    });

    const { stdout } = await drey(['describe', 'app'], { api: server.url });

    expect(stdout).toContain('SELECT `id` FROM `numbers`');
  });
});

describe('render sql', () => {
  it('names the SET in a mistake of it', async () => {
    const words = ['render', 'sql', '-Dkubernetes.cluster-id=app', '-f', '-'];
    const input = "-- a\nSET 'rest.port' = 'x';\nINSERT INTO o SELECT 1;";

    const { stderr } = await drey(words, { api: undefined, input });

    expect(stderr).toContain('the script: line 2: SET rest.port: ');
    expect(stderr).not.toContain('-Drest.port');
  });

  it('prints the objects with the options that the script sets for the cluster', async () => {
    const ended = await drey(['render', 'sql', '-Dkubernetes.cluster-id=app', '-f', file], { api: undefined });

    const objects = parseAllDocuments(ended.stdout).map((document) => document.toJS());
    const configMap = objects.find(({ kind }) => kind === 'ConfigMap');
    expect(configMap.data['config.yaml']).toContain('org.apache.flink.table.runtime.application.SqlDriver');
    expect(configMap.data['config.yaml']).toMatch(/numberOfTaskSlots: '?3/);
  });
});
