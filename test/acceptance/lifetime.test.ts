import { setTimeout as sleep } from 'node:timers/promises';

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Operation } from '#events/records/operation.ts';
import type { Schedule, ScheduleRun } from '#events/records/schedules.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { drey } from '../support/cli.ts';
import {
  aws,
  call,
  clusterPath,
  deploy,
  freshId,
  hasEnded,
  listEvents,
  listJobs,
  small,
  stop,
  system,
  until,
  untilState,
} from '../support/system.ts';

/** Sizes for several clusters on a small machine. */
const config = {
  ...small,
  'kubernetes.jobmanager.cpu.amount': '0.1',
  'kubernetes.taskmanager.cpu.amount': '0.1',
};
const jar = exampleJar(settingsFrom());
const queues = new SQSClient(aws);
const busyMs = 60_000;

const send = (queue: string, body: unknown) =>
  queues.send(new SendMessageCommand({ QueueUrl: system.outputs[queue], MessageBody: JSON.stringify(body) }));

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
    // On a busy machine the end may come before the cluster is RUNNING.
    (cluster) => cluster.state === 'RUNNING' || isTerminalCluster(cluster),
  );
};
const submit = async (clusterId: string) => {
  const id = `-Dkubernetes.cluster-id=${clusterId}`;
  expect(await drey(['run', '-d', '-t', 'kubernetes-session', id, jar])).toMatchObject({ code: 0 });
};
const getOperation = async (operationId = '') =>
  (await call<Operation>('GET', `/v1/targets/${system.target}/operations/${operationId}`)).body;

/** A schedule for a minute that starts in half a minute or later. */
const scheduleStop = () =>
  call('PUT', schedulePath, {
    action: 'stop',
    expression: `cron(${soon(90).getUTCMinutes()} * ? * * *)`,
    selector: { labels: { calendar: label } },
  });

/** A warning has most of the lifetime to come, because reconcile passes may be late. */
beforeAll(async () => {
  const starts: readonly (() => Promise<unknown>)[] = [
    () =>
      start(ids.busy)
        .then(() => submit(ids.busy))
        .then(() => call('POST', `${clusterPath(ids.busy)}/extend`, { idleAfter: '40s', warnBefore: '0s' })),
    () =>
      start(ids.kept)
        .then(() => submit(ids.kept))
        .then(() => call('POST', `${clusterPath(ids.kept)}/extend`, { ttl: '20s', savepoint: 'required' })),
    () => start(ids.ttl, { lifetime: { ttl: '2min', warnBefore: '100s' } }),
    () => start(ids.until, { lifetime: { until: soon(130).toISOString(), warnBefore: '110s' } }),
    () => start(ids.idle, { lifetime: { idleAfter: '60s', warnBefore: '50s' } }),
    () => start(ids.cron, { labels: { calendar: label } }).then(scheduleStop),
  ];
  // A JobManager that does not start its actors within ten seconds fails, so the clusters do not start at once.
  await pMap(starts, (begin) => begin(), { concurrency: 2 });
});

afterAll(async () => {
  await call('DELETE', schedulePath);
  const live = await Promise.all(
    Object.values(ids).map(async (clusterId) => ((await stop(clusterId)).status < 300 ? [clusterId] : [])),
  );
  await Promise.all(live.flat().map(async (clusterId) => untilState(clusterId, 'STOPPED')));
});

describe('a cluster with a lifetime', () => {
  it('ends after it was idle for its idleAfter', async () => {
    await hasEnded(ids.idle, 'Idle');

    expect(listEvents(ids.idle, 'Flink Lifetime Warning')).toMatchObject([{ detail: { reason: 'Idle' } }]);
  });

  it('ends once at its until when its timer event comes three times', async () => {
    const { operationId, lifetime } = await read(ids.until);
    const timerEvent = { kind: 'end', target: system.target, clusterId: ids.until, operationId, version: 1 };
    await sleep(Math.max(0, Date.parse(lifetime?.endsAt ?? '') - Date.now()));

    await Promise.all([send('TimerEventQueueUrl', timerEvent), send('TimerEventQueueUrl', timerEvent)]);

    const ended = await hasEnded(ids.until, 'LifetimeEnded');
    await send('TimerEventQueueUrl', timerEvent);
    expect(await getOperation(ended.stopOperationId)).toMatchObject({ kind: 'stop', state: 'SUCCEEDED' });
    expect(listEvents(ids.until, 'Flink Lifetime Warning')).toHaveLength(1);
  });

  it('ends after its ttl, with a warning before', async () => {
    const { lifetime } = await hasEnded(ids.ttl, 'LifetimeEnded');

    expect(Date.parse(lifetime?.endsAt ?? '') - Date.parse(lifetime?.startedAt ?? '')).toBe(120_000);
    expect(listEvents(ids.ttl, 'Flink Lifetime Warning')).toMatchObject([
      { detail: { reason: 'LifetimeEnds', version: 1, endsAt: lifetime?.endsAt } },
    ]);
  });

  it('stays when its required savepoint fails, and publishes the failure', async () => {
    const kept = await until(
      () => read(ids.kept),
      ({ reason }) => reason === 'SavepointFailed',
    );

    expect(kept).toMatchObject({ state: 'RUNNING' });
    expect(await getOperation(kept.stopOperationId)).toMatchObject({
      state: 'FAILED',
      problem: { code: 'savepoint-failed' },
    });
    expect(await listJobs(ids.kept)).toMatchObject([{ state: 'RUNNING' }]);
    await until(
      async () => listEvents(ids.kept, 'Flink Cluster State Change').at(-1)?.detail,
      (detail) => detail?.['from'] === 'STOPPING' && detail['reason'] === 'SavepointFailed',
    );
  });

  it('ends once by a schedule when its timer event comes twice', async () => {
    const runs = await until(
      async () => (await call<{ runs: ScheduleRun[] }>('GET', `${schedulePath}/runs`)).body.runs,
      (list) => list.some(({ endedAt }) => endedAt !== undefined),
    );
    const { revision } = (await call<Schedule>('GET', schedulePath)).body;
    const scheduledAt = runs[0]?.scheduledAt;
    const timerEvent = { kind: 'schedule', target: system.target, name: label, revision, scheduledAt };
    await Promise.all([send('TimerEventQueueUrl', timerEvent), send('TimerEventQueueUrl', timerEvent)]);

    await hasEnded(ids.cron, `Schedule ${label}`);
    const after = (await call<{ runs: ScheduleRun[] }>('GET', `${schedulePath}/runs`)).body.runs;
    expect(after.flatMap(({ results }) => results)).toMatchObject([{ clusterId: ids.cron, state: 'SUCCEEDED' }]);
  });

  it('is not idle while a job runs', async () => {
    // Longer than its idleAfter, with reconcile passes in the meantime.
    await until(
      async () => (await listJobs(ids.busy))[0]?.startTime,
      (time) => Date.now() - Date.parse(time ?? '') > busyMs,
    );
    const busy = await read(ids.busy);

    expect(await listJobs(ids.busy)).toMatchObject([{ state: 'RUNNING' }]);
    expect(busy).toMatchObject({ state: 'RUNNING', conditions: [{ type: 'Reachable', status: 'True' }] });
    expect(busy.lifetime?.idle).toBeUndefined();
  });

  it('is idle after its job is canceled, and ends after its idleAfter', async () => {
    const [job] = await listJobs(ids.busy);
    await call('POST', `${clusterPath(ids.busy)}/jobs/${job?.jobId ?? ''}/cancel`, {});

    const { lifetime } = await hasEnded(ids.busy, 'Idle');

    expect(Date.parse(lifetime?.idle?.since ?? '')).toBeGreaterThan(Date.parse(job?.startTime ?? '') + busyMs);
  });
});
