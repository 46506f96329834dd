import { beforeEach, describe, expect, it } from 'vitest';

import { LogQuery } from '#events/http/queries.ts';
import { Fault } from '#events/problems/problem.ts';
import { listKeptLogs } from '#shared/clusters/queries/kept-logs.ts';
import { readLog } from '#shared/clusters/queries/logs.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { newTaskManagerPod } from '#test/fakes/kubernetes-cluster.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  runWorkflows,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const read = (query: Readonly<Record<string, string>> = {}) => readLog(clusterRef, LogQuery.parse(query), world.ports);
const stop = async () => {
  await sendHttp('stop', { clusterId }, world);
  await runWorkflows();
};

beforeEach(async () => {
  await startSession(sendHttp);
  const cluster = world.kubernetes.cluster(clusterId);
  cluster.log = 'one\ntwo\nthree\n';
  cluster.taskManagers.push(
    { pod: newTaskManagerPod('my-taskmanager-1-10'), log: 'ten\n' },
    { pod: newTaskManagerPod('my-taskmanager-1-9'), log: 'nine\n' },
  );
});

describe('the log of a cluster that runs', () => {
  it('is that of its pods, and says so', async () => {
    expect(await read({ lines: '2' })).toEqual({
      log: 'two\nthree\n',
      source: 'live',
      operationId: expect.any(String),
    });
  });

  it.each([
    [{ component: 'taskmanager' }, 'nine\n', 'my-taskmanager-1-9'],
    [{ component: 'taskmanager', number: '2' }, 'ten\n', 'my-taskmanager-1-10'],
    [{ pod: 'my-taskmanager-1-10' }, 'ten\n', 'my-taskmanager-1-10'],
  ])('is that of a TaskManager by %o', async (query, log, pod) => {
    expect(await read(query)).toMatchObject({ log, pod, source: 'live' });
  });

  it('has the lines with a text, in any case', async () => {
    expect(await read({ grep: 'T' })).toMatchObject({ log: 'two\nthree\n' });
    expect(await read({ grep: 't', lines: '1' })).toMatchObject({ log: 'three\n' });
    expect(await read({ grep: 'four' })).toMatchObject({ log: '' });
  });

  it('reads the time that is asked for', async () => {
    const asked: unknown[] = [];
    const readOfKubernetes = world.kubernetes.readLog.bind(world.kubernetes);
    world.kubernetes.readLog = async (id, options) => {
      asked.push(options.sinceSeconds);
      return readOfKubernetes(id, options);
    };

    await read({ since: '10m' });

    expect(asked).toEqual([600]);
  });

  it('has no kept one yet', async () => {
    await expect(read({ kept: 'true' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no JobManager container is kept'),
    });
    await expect(read({ component: 'taskmanager', number: '3' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('has no TaskManager 3'),
    });
  });

  it('has the exceptions that the JobManager knows', async () => {
    const answer = await read({ file: 'exceptions' });

    expect(answer.source).toBe('live');
    expect(JSON.parse(answer.log)).toEqual({});
  });
});

describe('the log of a cluster that has ended', () => {
  it('is the kept one, without the times of its lines', async () => {
    await stop();

    expect(await read()).toMatchObject({
      log: 'one\ntwo\nthree\n',
      source: 'kept',
      pod: expect.stringContaining(clusterId),
      at: expect.stringMatching(/^2026-11-23T12:/),
    });
    expect(await read({ component: 'taskmanager', number: '2' })).toMatchObject({ log: 'ten\n', source: 'kept' });
    expect(await read({ grep: 'TWO' })).toMatchObject({ log: 'two\n' });
  });

  it('has the lines of the time before it was kept', async () => {
    world.passTime(3_600);
    await stop();
    world.passTime(3_600);

    expect(await read({ since: '2h' })).toMatchObject({ log: 'one\ntwo\nthree\n' });
    expect(await read({ since: '10m' })).toMatchObject({ log: '' });
  });

  it('has that of the container before the last restart', async () => {
    Object.assign(world.kubernetes.cluster(clusterId), { restarts: 1, previousLog: 'boom\n' });
    await stop();

    expect(await read({ previous: 'true' })).toMatchObject({ log: 'boom\n', source: 'kept' });
  });

  it('is that of the incarnation that is asked for', async () => {
    const { operationId = '' } = (await getCluster()) ?? {};
    await stop();
    await startSession(sendHttp);
    world.kubernetes.cluster(clusterId).log = 'later\n';

    expect(await read()).toMatchObject({ log: 'later\n', source: 'live' });
    expect(await read({ incarnation: operationId })).toMatchObject({ log: 'one\ntwo\nthree\n', source: 'kept' });
    expect(await listKeptLogs(clusterRef, { limit: 10 }, world.ports)).toMatchObject({
      items: [{ operationId, revision: 1 }],
    });
  });

  describe.each([{}, { file: 'exceptions' }, { file: 'jobs' }, { file: 'configuration' }])('%o', (query) => {
    const noAnswer = new Fault('target-unreachable', 'the API server does not answer');

    it.each([
      ['does not answer', () => void (world.kubernetes.readLog = () => Promise.reject(noAnswer))],
      ['was removed', () => void world.targets.known.delete('local')],
    ])('is the kept one although its target %s', async (_case, lose) => {
      await stop();
      lose();

      expect(await read(query)).toMatchObject({ source: 'kept', operationId: expect.any(String) });
    });
  });

  it('is refused with the fault of the target when nothing is kept either', async () => {
    await stop();
    world.keptLogs.stored.clear();
    world.kubernetes.failNext('readLog', new Fault('target-unreachable', 'the API server does not answer'));

    await expect(read()).rejects.toMatchObject({ code: 'target-unreachable' });
  });

  it('is refused with the time of the end and the reason when it was not kept', async () => {
    world.keptLogs.onRequest = (method) => {
      if (method === 'put') throw new Error('AccessDenied');
    };
    await stop();
    world.keptLogs.onRequest = () => {};

    await expect(read()).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringMatching(
        /is STOPPED since 2026-11-23T12:\S+Z\. Its JobManager container was removed with it, and is not kept\. The logs could not be kept/,
      ),
    });
  });
});
