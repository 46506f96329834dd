import { beforeEach, describe, expect, it } from 'vitest';

import { LogQuery } from '#events/http/queries.ts';
import { Fault } from '#events/problems/problem.ts';
import type { KeptFile } from '#events/records/kept-logs.ts';
import { keepCrashLogs } from '#shared/clusters/logs/keep-crash.ts';
import type { KeptIndex } from '#shared/clusters/model/kept-logs.ts';
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

/** Stores an index of kept logs with other files. */
const changeIndex = (name: string, change: (files: readonly KeptFile[]) => readonly KeptFile[]) => {
  const index = JSON.parse(world.keptLogs.find(name) ?? '') as KeptIndex;
  const [key = ''] = [...world.keptLogs.stored.keys()].filter((stored) => stored.endsWith(`/${name}`));
  world.keptLogs.stored.set(key, Buffer.from(JSON.stringify({ ...index, files: change(index.files) })));
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
      message: expect.stringContaining(`No log of the JobManager of cluster ${clusterId} in target local is kept`),
    });
    await expect(read({ component: 'taskmanager', number: '3' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('has no log of TaskManager 3'),
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

  it('says that older lines are left out only when they were asked for', async () => {
    await stop();
    changeIndex('index.json', (files) => files.map((file) => ({ ...file, truncated: true })));

    expect(await read({ lines: '3' })).not.toHaveProperty('truncated');
    expect(await read({ since: '1s', grep: 'one', lines: '1' })).not.toHaveProperty('truncated');
    expect(await read({ lines: '4' })).toMatchObject({ truncated: true });
    expect(await read({ grep: 'one' })).toMatchObject({ truncated: true });
  });

  it('is that of the pod that was kept last, not of the one with the most restarts', async () => {
    await stop();
    const older = { kind: 'log', component: 'jobmanager', bytes: 5, at: '2026-11-23T11:00:00.000Z' } as const;
    changeIndex('index.json', (files) => [{ ...older, name: 'older.7.log.gz', pod: 'older', restart: 7 }, ...files]);

    expect(await read()).toMatchObject({ log: 'one\ntwo\nthree\n', pod: expect.stringContaining(clusterId) });
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

  it.each([
    [{ file: 'exceptions' }, 'no exceptions are kept'],
    [{ file: 'jobs' }, 'no job details are kept'],
    [{ file: 'configuration' }, 'no configuration is kept'],
    [{ component: 'taskmanager', number: '3' }, 'no log of TaskManager 3 is kept'],
    [{ pod: 'etl-1', previous: 'true' }, 'no log of pod etl-1 from before a restart is kept'],
  ])('is refused in words when it is not kept: %o', async (query, words) => {
    await stop();
    world.keptLogs.stored.clear();

    await expect(read(query)).rejects.toMatchObject({ message: expect.stringContaining(words) });
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
        /is STOPPED since 2026-11-23T12:\S+Z\. Its pods are gone, and no log of the JobManager is kept\. The logs could not be kept/,
      ),
    });
  });
});

describe('the logs of crashed containers', () => {
  const crash = async (restarts: number) => {
    Object.assign(world.kubernetes.cluster(clusterId), { restarts, previousLog: `crash ${restarts}\n` });
    world.passTime(120);
    await keepCrashLogs([(await getCluster())!], await world.targets.get('local'), world.ports);
  };

  it('are read by the number of restarts, live and after the end', async () => {
    for (const restarts of [1, 2, 3]) await crash(restarts);

    expect(await read({ restart: '1' })).toMatchObject({ log: 'crash 2\n', source: 'kept' });
    await stop();

    for (const restart of [0, 1, 2])
      expect(await read({ restart: String(restart) })).toMatchObject({ log: `crash ${restart + 1}\n` });
    expect(await read({ restart: '3' })).toMatchObject({ log: 'one\ntwo\nthree\n' });
    await expect(read({ restart: '4' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(
        /^No log of the JobManager with restart number 4 of cluster \S+ in target local is kept\./,
      ),
    });
  });

  it('are from before a restart, and shown as the last log only without another one', async () => {
    await crash(1);

    expect(await read({ kept: 'true', previous: 'true' })).toMatchObject({ log: 'crash 1\n' });
    expect(await read({ kept: 'true' })).toMatchObject({ log: 'crash 1\n' });

    // The first of two ends had kept it, and the second one found no pod.
    await crash(2);
    await stop();
    changeIndex('index.json', (files) =>
      files.map((file) => (file.component === 'jobmanager' ? { ...file, restart: 0 } : file)),
    );
    expect(await read()).toMatchObject({ log: 'one\ntwo\nthree\n' });
    expect(await read({ previous: 'true' })).toMatchObject({ log: 'crash 2\n' });
  });
});
