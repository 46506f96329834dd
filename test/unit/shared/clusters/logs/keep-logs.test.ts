import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { keepLogs } from '#shared/clusters/logs/keep-logs.ts';
import { readNewest } from '#shared/clusters/logs/read-newest.ts';
import type { KeptIndex } from '#shared/clusters/model/kept-logs.ts';
import { newTaskManagerPod, toJobManagerName } from '#test/fakes/kubernetes-cluster.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getCluster, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

const jobManager = toJobManagerName(clusterId);
const logName = `${jobManager}.0.log.gz`;

const keep = async (endedBy = 'stop') => {
  const { operationId = '', uid } = (await getCluster()) ?? {};
  const target = await world.targets.get('local');
  return keepLogs({ clusterId, endedBy, incarnation: { operationId, uid } }, target, world.ports);
};
const namesIn = (index: KeptIndex | undefined) => index?.files.map(({ name }) => name).toSorted();
const byName = (a: { readonly name: string }, b: { readonly name: string }) => a.name.localeCompare(b.name);
const factNames = ['configuration.json.gz', 'exceptions.json.gz', 'jobs.json.gz'];

beforeEach(async () => {
  await startSession(sendHttp);
  world.kubernetes.cluster(clusterId).log = 'started\n';
});

describe('the logs of an incarnation', () => {
  it('are kept with the times of their lines, and with what the JobManager knows', async () => {
    world.kubernetes.cluster(clusterId).taskManagers.push({ pod: newTaskManagerPod('etl-taskmanager-1-1'), log: 'tm' });

    const index = await keep();

    expect(namesIn(index)).toEqual([...factNames, logName, 'etl-taskmanager-1-1.0.log.gz'].toSorted());
    expect(index?.leftOut).toEqual([]);
    expect(world.keptLogs.find(logName)).toBe('2026-11-23T12:00:00.000000000Z started\n');
    expect(JSON.parse(world.keptLogs.find('index.json') ?? '')).toEqual(index);
  });

  it('are kept once for an end, and again for another end', async () => {
    await keep();
    const { puts } = world.keptLogs;

    expect(namesIn(await keep())).toContain(logName);
    expect(world.keptLogs.puts).toBe(puts);

    world.kubernetes.cluster(clusterId).log = 'started\nlater\n';
    expect(await keep('second stop')).toMatchObject({ endedBy: 'second stop' });
    expect(world.keptLogs.find(logName)).toContain('later');
  });

  it('stay readable after another end that finds no pods', async () => {
    const first = await keep();
    const observe = world.kubernetes.observe.bind(world.kubernetes);
    world.kubernetes.observe = async (id) => ({ ...(await observe(id)), pods: [] });

    const second = await keep('second stop');

    expect(second).toMatchObject({ endedBy: 'second stop', leftOut: [] });
    expect(second?.files.toSorted(byName)).toEqual(first?.files.toSorted(byName));
    expect(JSON.parse(world.keptLogs.find('index.json') ?? '')).toEqual(second);
  });

  it('are named as left out until an end has kept them', async () => {
    world.keptLogs.onRequest = (_method, { name }) => {
      if (name === 'jobs.json.gz' || name === logName) throw new Fault('limit-reached', 'Retry later.');
    };
    await keep();
    world.keptLogs.onRequest = () => {};
    world.kubernetes.cluster(clusterId).ready = false;

    const index = await keep('second stop');

    expect(namesIn(index)).toEqual(['configuration.json.gz', 'exceptions.json.gz', logName].toSorted());
    expect(index?.leftOut).toEqual([{ name: 'jobs.json.gz', reason: 'No JobManager was ready.' }]);
  });

  it('have that of the container before a restart, unless it was kept when it crashed', async () => {
    Object.assign(world.kubernetes.cluster(clusterId), { restarts: 2, previousLog: 'boom\n' });

    expect(namesIn(await keep())).toEqual(
      [...factNames, `${jobManager}.1.log.gz`, `${jobManager}.2.log.gz`].toSorted(),
    );
    expect(world.keptLogs.find(`${jobManager}.1.log.gz`)).toContain('boom');
  });

  it('are those of 20 TaskManagers, of failing ones first, and the index names the others', async () => {
    const { taskManagers } = world.kubernetes.cluster(clusterId);
    for (let number = 1; number <= 22; number += 1)
      taskManagers.push({ pod: newTaskManagerPod(`etl-taskmanager-1-${number}`), log: 'tm' });
    Object.assign(taskManagers[0]!.pod, { trouble: { reason: 'Error', message: 'exit code 1' } });

    const index = await keep();

    expect(namesIn(index)).toContain('etl-taskmanager-1-1.0.log.gz');
    expect(index?.leftOut.map(({ name }) => name)).toEqual(['etl-taskmanager-1-3', 'etl-taskmanager-1-2']);
  });

  it('are not kept of another incarnation, or without a Deployment', async () => {
    const { operationId = '' } = (await getCluster()) ?? {};
    const target = await world.targets.get('local');
    const other = { operationId: 'f'.repeat(32), uid: undefined };

    expect(await keepLogs({ clusterId, endedBy: 'stop', incarnation: other }, target, world.ports)).toBeUndefined();
    world.kubernetes.deleteByHand(clusterId);
    expect(
      await keepLogs({ clusterId, endedBy: 'stop', incarnation: { operationId } }, target, world.ports),
    ).toBeUndefined();
    expect(world.keptLogs.stored.size).toBe(0);
  });
});

describe('what the JobManager knows', () => {
  it('is kept without secrets', async () => {
    const { flink } = world.kubernetes.cluster(clusterId);
    flink.settings = [
      { key: 's3.secret-key', value: 'hidden' },
      { key: 'pipeline.jars', value: 'https://ada:hidden@host/a.jar' },
      { key: 'rest.port', value: '8081' },
    ];
    flink.addJob('a'.repeat(32), { state: 'FAILED' });
    flink.jobs.get('a'.repeat(32))!.failure = "java.lang.Exception: 'password' = 'hidden'";

    await keep();

    const texts = factNames.map((name) => world.keptLogs.find(name) ?? '');
    expect(texts.join('')).not.toContain('hidden');
    expect(JSON.parse(texts[0]!)).toContainEqual({ key: 'rest.port', value: '8081' });
    expect(JSON.parse(texts[1]!)).toMatchObject({ ['a'.repeat(32)]: { exceptionHistory: { entries: [{}] } } });
    expect(JSON.parse(texts[2]!)).toMatchObject({ ['a'.repeat(32)]: { details: { state: 'FAILED' } } });
  });

  it('is left out while no JobManager is ready', async () => {
    world.kubernetes.cluster(clusterId).ready = false;

    const index = await keep();

    expect(namesIn(index)).toEqual([logName]);
    expect(index?.leftOut).toHaveLength(3);
    expect(index?.leftOut[0]?.reason).toBe('No JobManager was ready.');
  });
});

describe('a failure', () => {
  it.each([
    [new Fault('target-refused', 'pods/log is forbidden'), 'pods/log is forbidden'],
    [new TypeError('a mistake of Drey'), 'Drey failed to keep it.'],
  ])('of the read of a log leaves that log out: %s', async (error, reason) => {
    world.kubernetes.failNext('readLog', error);

    const index = await keep();

    expect(namesIn(index)).toEqual(factNames);
    expect(index?.leftOut).toEqual([{ name: logName, reason }]);
  });

  it('of the store leaves one file out', async () => {
    world.keptLogs.onRequest = (_method, { name }) => {
      if (name === 'jobs.json.gz') throw new Fault('limit-reached', 'AWS throttles the requests of Drey. Retry later.');
    };

    expect((await keep())?.leftOut).toMatchObject([{ name: 'jobs.json.gz' }]);
  });

  const noAnswer = new Fault('target-unreachable', 'the API server does not answer');

  it('of the observation is thrown, because it is not known what there is to keep', async () => {
    world.kubernetes.failNext('observe', noAnswer);

    await expect(keep()).rejects.toMatchObject({ code: 'target-unreachable' });
  });

  it('of the JobManager leaves out what it knows', async () => {
    for (let count = 0; count < 3; count += 1) world.kubernetes.failNext('flink', noAnswer);

    expect(namesIn(await keep())).toEqual([logName]);
  });
});

describe('the time for keeping logs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const never = () => new Promise<never>(() => {});

  it('ends with what is complete, and the index names the rest', async () => {
    world.keptLogs.onRequest = (_method, { name }) => (name === logName ? never() : undefined);

    const keeping = keep();
    await vi.advanceTimersByTimeAsync(6_000);
    const index = await keeping;

    expect(namesIn(index)).toEqual(factNames);
    expect(index?.leftOut).toEqual([{ name: logName, reason: 'The time for keeping logs was over.' }]);
  });

  it.each([
    ['the cluster cannot be observed', 6_000, () => void (world.kubernetes.observe = never)],
    [
      'the index cannot be stored',
      1_500,
      () => {
        world.keptLogs.onRequest = (method, { name }) =>
          method === 'put' && name === 'index.json' ? never() : undefined;
      },
    ],
  ])('is an error when %s', async (_reason, ms, hang) => {
    hang();

    const error = keep().catch((reason: unknown) => reason);
    await vi.advanceTimersByTimeAsync(7_500);
    expect(await error).toMatchObject({ message: `The time of ${ms} ms is over.` });
  });
});

describe('a long log', () => {
  const read = (maxBytes: number, lines = 1_000) => readNewest(clusterId, { lines, maxBytes }, world.kubernetes);

  it('is read to its newest line, although Kubernetes leaves that out', async () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `line ${String(index).padStart(4, '0')}`);
    world.kubernetes.cluster(clusterId).log = lines.map((line) => `${line}\n`).join('');

    const newest = await read(5_000);

    expect(newest?.isCut).toBe(true);
    expect(newest?.text.endsWith('line 0999\n')).toBe(true);
    expect(newest?.text.length).toBeGreaterThan(3_000);
    expect(newest?.text.length).toBeLessThan(5_000);
  });

  it.each([200, 400, 800])('is read to its newest line, although its lines grow to %i characters', async (length) => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `${index} `.padEnd(index < 980 ? 5 : length, '.'));
    world.kubernetes.cluster(clusterId).log = lines.map((line) => `${line}\n`).join('');

    const newest = await read(5_000);

    expect(newest?.text.endsWith(`\n${lines.at(-1)}\n`)).toBe(true);
    expect(newest?.isCut).toBe(true);
  });

  it('is whole below the limit, and cut at a number of lines', async () => {
    world.kubernetes.cluster(clusterId).log = 'a\nb\nc\n';

    expect(await read(5_000)).toEqual({ text: 'a\nb\nc\n', isCut: false });
    expect(await read(5_000, 2)).toEqual({ text: 'b\nc\n', isCut: true });
  });
});
