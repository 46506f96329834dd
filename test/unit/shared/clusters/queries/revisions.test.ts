import { beforeEach, describe, expect, it } from 'vitest';

import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  runWorkflows,
  session,
  setPolicy,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const list = '/v1/targets/{target}/clusters/{clusterId}/revisions';
const call = (route: string, parameters: object = {}, query: Readonly<Record<string, string>> = {}) =>
  callHandler(
    apiHandlers.revisions(world.ports),
    makeHttpEvent(`GET ${route}`, { ...clusterRef, ...parameters }, { query }),
  );
const readList = async (query = {}) =>
  (await call(list, {}, query)).body as { revisions: { number: number }[]; cursor?: string };
const read = (revision: number | string) => call(`${list}/{revision}`, { revision: String(revision) });
const deploy = (data: object = session) => sendHttp('deploy', { clusterId, data: { ...data } }, world);
const stop = async () => {
  await sendHttp('stop', { clusterId }, world);
  await runWorkflows();
};
const redeploy = async (times: number) => {
  for (let count = 0; count < times; count += 1) {
    await deploy();
    await stop();
  }
};

describe('the revisions of a cluster', () => {
  it('tell what became of each deploy, newest first', async () => {
    await deploy();
    await runWorkflows();
    await stop();
    await deploy({ ...session, image: 'flink:2.2' });
    world.kubernetes.cluster(clusterId).trouble = { reason: 'ImagePullBackOff', message: 'no such image' };
    await runWorkflows();
    await deploy();
    await stop();
    await deploy();

    expect(await readList()).toEqual({
      revisions: [
        expect.objectContaining({ number: 4, outcome: 'pending' }),
        expect.objectContaining({ number: 3, outcome: 'superseded' }),
        expect.objectContaining({
          number: 2,
          outcome: 'failed',
          problem: expect.objectContaining({ code: 'deployment-failed', reason: 'ImagePullBackOff' }),
        }),
        expect.objectContaining({ number: 1, outcome: 'stable' }),
      ],
    });
  });

  it('are the last 20', async () => {
    await redeploy(22);

    expect((await readList()).revisions.map(({ number }) => number)).toEqual(
      Array.from({ length: 20 }, (_, index) => 22 - index),
    );
    expect(await read(3)).toMatchObject({ status: 200 });
    expect(await read(2)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('have pages', async () => {
    await redeploy(3);
    const first = await readList({ limit: '2' });
    const second = await readList({ limit: '2', cursor: first.cursor ?? '' });

    expect([first, second].map(({ revisions }) => revisions.map(({ number }) => number))).toEqual([[3, 2], [1]]);
  });

  it('are none of a cluster that an earlier version of Drey deployed', async () => {
    await deploy();
    const { value, version } = (await world.store.cluster(clusterRef))!;
    const { revision: _, ...earlier } = value;
    await world.store.commit({ cluster: { value: earlier, previous: version } });

    expect((await getCluster())?.revision).toBeUndefined();
    expect(await call(list)).toMatchObject({ status: 200 });
  });

  it('are not those of a cluster that does not exist', async () => {
    expect(await call(list)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await read(1)).toMatchObject({ status: 404 });
  });
});

describe('a revision', () => {
  beforeEach(() => setPolicy({ plainSecrets: true, jars: ['*'], denied: [] }));

  it('has the spec that makes it again', async () => {
    const spec = {
      mode: 'application',
      image: 'flink:2.2',
      config: { 'taskmanager.numberOfTaskSlots': '2' },
      job: { jar: 'local:///opt/flink/usrlib/a.jar', entryClass: 'com.example.Main', parallelism: 2 },
      labels: { command: 'etl', value: 'x' },
    };
    await deploy(spec);
    const { body } = await read(1);

    expect(body).toMatchObject({ number: 1, outcome: 'pending', deploy: { ...spec, clusterId } });
    await stop();
    expect(await deploy((body as { deploy: object }).deploy)).toMatchObject({ outcome: 'done' });
    const [second, first] = (await readList()).revisions as unknown as { digest: string }[];
    expect(second?.digest).toBe(first?.digest);
  });

  it('has no secret', async () => {
    const secret = 'canary';
    await deploy({
      mode: 'application',
      config: {
        's3.secret-key': secret,
        'containerized.master.env.DB_PASSWORD': secret,
        'kubernetes.secrets': 'db:/etc/db',
      },
      job: { jar: `https://user:${secret}@example.com/a.jar?signature=${secret}`, args: ['--password', secret] },
      podTemplates: {
        default: { spec: { containers: [{ name: 'flink-main-container', env: [{ name: 'A', value: secret }] }] } },
      },
      files: { 'log4j-console.properties': `rootLogger.level = INFO\nname = ${secret}` },
      hadoop: { 'core-site.xml': `<configuration>${secret}</configuration>` },
      kerberos: { krb5Conf: secret },
    });
    const { status, body } = await read(1);

    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(body).toMatchObject({
      deploy: {
        config: { 's3.secret-key': '******', 'kubernetes.secrets': 'db:/etc/db' },
        job: { jar: 'https://…@example.com/a.jar?…', args: ['******', '******'] },
        podTemplates: {
          default: { spec: { containers: [{ name: 'flink-main-container', env: [{ name: 'A', value: '******' }] }] } },
        },
        files: { 'log4j-console.properties': '******' },
        kerberos: { krb5Conf: '******' },
      },
    });
    expect(JSON.stringify([...world.store.revisionRecords.values()])).not.toContain(secret);
  });

  it.each(['0', '-1', 'latest', '1.5'])('is not found by the number %s', async (number) => {
    await deploy();

    expect(await read(number)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/revision' }] } });
  });
});
