import { describe, expect, it } from 'vitest';

import { readFlinkUi } from '#shared/clusters/queries/flink-ui.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterRef,
  getFlink,
  runWorkflows,
  session,
  setPolicy,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const read = (path: string, query = '') => readFlinkUi({ cluster: clusterRef, path, query }, world.ports);

const answerJson = (body: unknown) => {
  getFlink().answer = async () => ({ status: 200, body });
};

describe("Flink's web UI", () => {
  it('is read by GET, with the query and without anything else of the caller', async () => {
    await startSession(sendHttp);
    getFlink().requests.length = 0;

    await read('jobs/overview', 'get=a,b');
    const page = await read('index.html');

    expect(getFlink().requests).toEqual([
      { method: 'GET', path: '/v1/jobs/overview?get=a,b', maxAnswerBytes: 6_000_000 },
      { method: 'GET', path: '/index.html', maxAnswerBytes: 6_000_000, asBytes: true },
    ]);
    expect(page).toEqual({
      contentType: 'text/html; charset=utf-8',
      body: Buffer.from('<html><base href="./"></html>'),
    });
  });

  it('masks secrets by the names of options, also of those that are members', async () => {
    await startSession(sendHttp);
    answerJson([
      { key: 's3.secret-key', value: 'hidden-1' },
      { key: 'parallelism.default', value: '2' },
      { 'user-config': { 'db.password': 'hidden-2', url: 'https://ada:hidden-3@example.com' } },
      { options: ['-Dmy.password=hidden-4', '-Xmx1g'] },
    ]);

    const { body } = await read('jobmanager/config');

    expect(body).not.toContain('hidden');
    expect(JSON.parse(String(body))).toMatchObject([
      { key: 's3.secret-key', value: '******' },
      { key: 'parallelism.default', value: '2' },
      { 'user-config': { 'db.password': '******' } },
      { options: ['-Dmy.password=******', '-Xmx1g'] },
    ]);
  });

  it('masks parameters of programs, system properties, and all that is below the name of a secret', async () => {
    await startSession(sendHttp);
    answerJson({
      'execution-config': { 'job-parallelism': 4, 'user-config': { customer: 'hidden-1', nested: { pin: 4711 } } },
      jvm: { options: ['-Dcustomer=hidden-2=hidden-3', '-Dlines=1\nhidden-4', '-Dflag', '-Xmx1g'] },
      'rest.token': 4711,
      'other.secrets': [4711, true, null, { name: 'hidden-5', list: ['hidden-6'] }],
      options: [{ key: 'my.password', value: 4711 }],
    });

    expect(JSON.parse(String((await read('jobmanager/config')).body))).toEqual({
      'execution-config': { 'job-parallelism': 4, 'user-config': { customer: '******', nested: { pin: '******' } } },
      jvm: { options: ['-Dcustomer=******', '-Dlines=******', '-Dflag', '-Xmx1g'] },
      'rest.token': '******',
      'other.secrets': ['******', '******', null, { name: '******', list: ['******'] }],
      options: [{ key: 'my.password', value: '******' }],
    });
  });

  it('has no buttons for what the API refuses', async () => {
    await startSession(sendHttp);
    answerJson({
      'refresh-interval': 3_000,
      features: { 'web-submit': true, 'web-cancel': true, 'web-history': false },
    });

    expect(JSON.parse(String((await read('config')).body))).toEqual({
      'refresh-interval': 3_000,
      features: {
        'web-submit': false,
        'web-cancel': false,
        'web-rescale': false,
        'web-profiler': false,
        'web-history': false,
      },
    });
  });

  it('is refused for what would change Flink, before Flink is asked', async () => {
    await startSession(sendHttp);
    getFlink().requests.length = 0;

    await expect(read(`jobs/${'0'.repeat(32)}/yarn-cancel`)).rejects.toMatchObject({ code: 'flink-path-refused' });
    expect(getFlink().requests).toEqual([]);
  });

  it('is switched off by the policy of the target', async () => {
    await startSession(sendHttp);
    setPolicy({ flinkUi: false });
    getFlink().requests.length = 0;

    await expect(read('overview')).rejects.toMatchObject({ code: 'flink-ui-disabled' });
    expect(getFlink().requests).toEqual([]);
  });

  it('is not ready before the JobManager runs, and gone after the end', async () => {
    await sendHttp('deploy', { clusterId: 'etl', data: session }, world);

    await expect(read('overview')).rejects.toMatchObject({ code: 'not-ready' });

    await runWorkflows();
    await sendHttp('stop', { clusterId: 'etl', data: {} }, world);
    await runWorkflows();
    await expect(read('overview')).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(
      readFlinkUi({ cluster: { target: 'local', clusterId: 'none' }, path: 'overview', query: '' }, world.ports),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    [{ status: 302, body: '' }, 'target-refused'],
    [{ status: 404, body: { errors: ['Job not found'] } }, 'not-found'],
    [{ status: 500, body: { errors: ['no'] } }, 'target-unreachable'],
    [{ status: 500, body: { errors: ['x.UnknownTaskExecutorException: No TaskExecutor registered'] } }, 'not-found'],
    [{ status: 503, body: { errors: ['no leader'] } }, 'not-ready'],
    [{ status: 200, body: '<script>' }, 'target-refused'],
  ])('tells an answer %j as the problem %s', async (response, code) => {
    await startSession(sendHttp);
    getFlink().answer = async () => response;

    await expect(read('overview')).rejects.toMatchObject({ code });
  });
});
