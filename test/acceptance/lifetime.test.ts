import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Cluster, isOver, type Job, type Operation } from '#events/model.ts';
import type { Schedule, ScheduleRun } from '#events/schedules.ts';
import type { Transition } from '#events/transitions.ts';
import { exampleJar } from '#local/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { drey } from '../support/cli.ts';
import {
  aws,
  call,
  clusterPath,
  deploy,
  toldOf,
  freshId,
  objectsOf,
  stop,
  system,
  until,
  untilState,
} from '../support/system.ts';

/** Side by side, on a small machine. */
const config = {
  'jobmanager.memory.process.size': '1g',
  'taskmanager.memory.process.size': '1g',
  'kubernetes.jobmanager.cpu.amount': '0.1',
  'kubernetes.taskmanager.cpu.amount': '0.1',
};
const jar = exampleJar(settingsFrom());
const queues = new SQSClient(aws);
const betweenLooksMs = 10_000;
/** Longer than the session may be idle. */
const outageMs = 55_000;
const busyMs = 60_000;

const send = (queue: string, body: unknown) =>
  queues.send(new SendMessageCommand({ QueueUrl: system.outputs[queue], MessageBody: JSON.stringify(body) }));

/** The look of each minute, six times as often. */
const looking = new AbortController();
const lookOftener = async () => {
  while (!looking.signal.aborted) {
    await send('LooksQueueUrl', { target: system.target });
    await sleep(betweenLooksMs);
  }
};

const ids = {
  ttl: freshId('ttl'),
  until: freshId('until'),
  idle: freshId('idle'),
  busy: freshId('busy'),
  kept: freshId('kept'),
  cron: freshId('cron'),
};
const label = freshId('lifetime');
const schedulePath = `/v1/targets/${system.target}/schedules/${label}`;
const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000);

const read = async (clusterId: string) => (await call<Cluster>('GET', clusterPath(clusterId))).body;
const start = async (clusterId: string, fields: object = {}) => {
  await deploy({ mode: 'session', clusterId, config, ...fields });
  return until(
    () => read(clusterId),
    // On a busy machine its end may come before it is up.
    (cluster) => cluster.state === 'RUNNING' || isOver(cluster),
  );
};
const submit = async (clusterId: string) => {
  const id = `-Dkubernetes.cluster-id=${clusterId}`;
  expect(await drey(['run', '-d', '-t', 'kubernetes-session', id, jar])).toMatchObject({ code: 0 });
};
const jobsOf = async (clusterId: string) =>
  (await call<{ jobs: Job[] }>('GET', `${clusterPath(clusterId)}/jobs`)).body.jobs;
const transitionsOf = async (clusterId: string) =>
  (await call<{ transitions: Transition[] }>('GET', `${clusterPath(clusterId)}/events`)).body.transitions;
const told = (clusterId: string, type: string) => toldOf(clusterId).filter((event) => event['detail-type'] === type);
const operationOf = async (operationId = '') => (await call<Operation>('GET', `/v1/operations/${operationId}`)).body;

/** Stopped once, for this reason, by its own stop, with nothing left, and all of it told. */
const hasEnded = async (clusterId: string, reason: string) => {
  const ended = await untilState(clusterId, 'STOPPED');
  const stops = (await transitionsOf(clusterId)).filter(({ to }) => to === 'STOPPING');
  const states = await until(
    async () => told(clusterId, 'Flink Cluster State Change').map(({ detail }) => detail['to']),
    (list) => list.at(-1) === 'STOPPED',
  );

  expect(ended).toMatchObject({ reason });
  expect(stops).toMatchObject([{ reason }]);
  expect(states.filter((state) => state !== 'RUNNING')).toEqual(['REQUESTED', 'DEPLOYING', 'STOPPING', 'STOPPED']);
  expect(await objectsOf(clusterId)).toEqual([]);
  return ended;
};

const apiServer = async () =>
  Number.parseInt(await readFile(join(dirname(system.kubeconfig), 'pid', 'kube-apiserver'), 'utf8'), 10);

beforeAll(async () => {
  void lookOftener();
  const minute = soon(170).getUTCMinutes();
  await call('PUT', schedulePath, {
    action: 'stop',
    expression: `cron(${minute} * ? * * *)`,
    selector: { labels: { calendar: label } },
  });
  await Promise.all([
    start(ids.ttl, { lifetime: { ttl: '2min', warnBefore: '60s' } }),
    start(ids.until, { lifetime: { until: soon(130).toISOString(), warnBefore: '60s' } }),
    start(ids.idle, { lifetime: { idleAfter: '30s', warnBefore: '15s' } }),
    start(ids.busy, { lifetime: { idleAfter: '40s', warnBefore: '0s' } }).then(() => submit(ids.busy)),
    start(ids.kept)
      .then(() => submit(ids.kept))
      .then(() => call('POST', `${clusterPath(ids.kept)}/extend`, { ttl: '20s', savepoint: 'required' })),
    start(ids.cron, { labels: { calendar: label } }),
  ]);
});

afterAll(async () => {
  looking.abort();
  await call('DELETE', schedulePath);
  const live = await Promise.all(
    Object.values(ids).map(async (clusterId) => ((await stop(clusterId)).status < 300 ? [clusterId] : [])),
  );
  await Promise.all(live.flat().map(async (clusterId) => untilState(clusterId, 'STOPPED')));
});

describe('a cluster that ends by itself', () => {
  it('ends when no job lived for as long as it may be idle', async () => {
    await hasEnded(ids.idle, 'Idle');

    expect(told(ids.idle, 'Flink Lifetime Warning')).toMatchObject([{ detail: { reason: 'Idle' } }]);
  });

  it('ends by its until, once, though its firing comes three times', async () => {
    const { operationId, lifetime } = await read(ids.until);
    const firing = { kind: 'end', target: system.target, clusterId: ids.until, operationId, version: 1 };
    await sleep(Math.max(0, Date.parse(lifetime?.endsAt ?? '') - Date.now()));

    await Promise.all([send('FiringsQueueUrl', firing), send('FiringsQueueUrl', firing)]);

    const ended = await hasEnded(ids.until, 'LifetimeEnded');
    await send('FiringsQueueUrl', firing);
    expect(await operationOf(ended.stopOperationId)).toMatchObject({ kind: 'stop', state: 'SUCCEEDED' });
    expect(told(ids.until, 'Flink Lifetime Warning')).toHaveLength(1);
  });

  it('ends by its ttl, told of before', async () => {
    const { lifetime, createdAt } = await hasEnded(ids.ttl, 'LifetimeEnded');

    expect(Date.parse(lifetime?.endsAt ?? '') - Date.parse(createdAt)).toBeLessThan(125_000);
    expect(told(ids.ttl, 'Flink Lifetime Warning')).toMatchObject([
      { detail: { reason: 'LifetimeEnds', version: 1, endsAt: lifetime?.endsAt } },
    ]);
  });

  it('stays when its required savepoint fails, and says so', async () => {
    const kept = await until(
      () => read(ids.kept),
      ({ reason }) => reason === 'SavepointFailed',
    );

    expect(kept).toMatchObject({ state: 'RUNNING' });
    expect(await operationOf(kept.stopOperationId)).toMatchObject({
      state: 'FAILED',
      problem: { code: 'savepoint-failed' },
    });
    expect(await jobsOf(ids.kept)).toMatchObject([{ state: 'RUNNING' }]);
    await until(
      async () => told(ids.kept, 'Flink Cluster State Change').at(-1)?.detail,
      (detail) => detail?.['from'] === 'STOPPING' && detail['reason'] === 'SavepointFailed',
    );
  });

  it('ends by the calendar, once, though its firing comes twice', async () => {
    const runs = await until(
      async () => (await call<{ runs: ScheduleRun[] }>('GET', `${schedulePath}/runs`)).body.runs,
      (list) => list.some(({ endedAt }) => endedAt !== undefined),
    );
    const { revision } = (await call<Schedule>('GET', schedulePath)).body;
    const scheduledAt = runs[0]?.scheduledAt;
    const firing = { kind: 'schedule', target: system.target, name: label, revision, scheduledAt };
    await Promise.all([send('FiringsQueueUrl', firing), send('FiringsQueueUrl', firing)]);

    await hasEnded(ids.cron, `Schedule ${label}`);
    const after = (await call<{ runs: ScheduleRun[] }>('GET', `${schedulePath}/runs`)).body.runs;
    expect(after.flatMap(({ results }) => results)).toMatchObject([{ clusterId: ids.cron, state: 'SUCCEEDED' }]);
  });

  it('is not idle while a job runs', async () => {
    // Longer than it may be idle, and looked at all the while.
    await until(
      async () => (await jobsOf(ids.busy))[0]?.startTime,
      (time) => Date.now() - Date.parse(time ?? '') > busyMs,
    );
    const busy = await read(ids.busy);

    expect(await jobsOf(ids.busy)).toMatchObject([{ state: 'RUNNING' }]);
    expect(busy).toMatchObject({ state: 'RUNNING', conditions: [{ type: 'Reachable', status: 'True' }] });
    expect(busy.lifetime?.idle).toBeUndefined();
  });

  it('is not idle while nobody can ask it, and is when it has said so for long enough', async () => {
    const [job] = await jobsOf(ids.busy);
    await call('POST', `${clusterPath(ids.busy)}/jobs/${job?.jobId ?? ''}/cancel`, {});
    await until(
      () => read(ids.busy),
      ({ lifetime }) => lifetime?.idle !== undefined,
    );
    const pid = await apiServer();
    process.kill(pid, 'SIGSTOP');
    try {
      await sleep(outageMs);
      expect(await read(ids.busy)).toMatchObject({ state: 'RUNNING' });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const back = Date.now();

    const ended = await hasEnded(ids.busy, 'Idle');

    expect(Date.parse(ended.lifetime?.idle?.since ?? '')).toBeGreaterThan(back);
    const [stopping] = (await transitionsOf(ids.busy)).filter(({ to }) => to === 'STOPPING');
    expect(Date.parse(stopping?.at ?? '')).toBeGreaterThan(back + 40_000);
  });
});
