import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import type { Schedule, ScheduleRun } from '#events/records/schedules.ts';
import type { Spec, Specs } from '#events/records/specs.ts';
import { toTimerName } from '#shared/clusters/schedules/sync-schedules.ts';

import {
  aws,
  call,
  clusterPath,
  freshId,
  listTransitions,
  stop,
  system,
  unschedulable,
  until,
  untilState,
} from '../support/system.ts';

const scheduler = new SchedulerClient(aws);
const targetPath = `/v1/targets/${system.target}`;
const name = freshId('office');
const specPath = `${targetPath}/specs/${name}`;
const schedulePath = `${targetPath}/schedules/${name}`;
const spec = {
  mode: 'session',
  clusterId: name,
  config: unschedulable,
};
const scheduled = (timer: string) =>
  scheduler.send(new GetScheduleCommand({ Name: timer, GroupName: system.outputs['ScheduleGroup'] }));

afterAll(async () => {
  await call('DELETE', schedulePath);
  await call('DELETE', specPath);
  if ((await stop(name)).status < 300) await untilState(name, 'STOPPED');
});

describe('a stored spec', () => {
  it('is put, read, listed and rejected with every mistake', async () => {
    expect((await call('PUT', specPath, spec)).status).toBe(200);
    expect((await call<Spec>('GET', specPath)).body.deploy).toMatchObject(spec);
    expect((await call<Specs>('GET', `${targetPath}/specs`)).body.specs.map((one) => one.name)).toContain(name);
    const bad = { ...spec, config: { 'kubernetes.jobmanager.cpu.amount': 'lots' } };
    expect(await call('PUT', specPath, bad)).toMatchObject({ status: 422, body: { code: 'refused-option' } });
    expect((await call('GET', `${targetPath}/specs/unknown`)).status).toBe(404);
  });
});

describe('a schedule', () => {
  it('is in the scheduler as it was put last, and runs', async () => {
    const every = { action: 'deploy', expression: 'cron(0 7 ? * MON-FRI *)', timezone: 'Europe/Berlin', spec: name };
    await call('PUT', schedulePath, every);
    const put = await call<Schedule>('PUT', schedulePath, { ...every, expression: 'rate(1 minute)' });

    expect(put.status).toBe(200);
    expect(await scheduled(toTimerName({ target: system.target, name }))).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      State: 'ENABLED',
    });
    const cluster = await until(
      async () => call<Cluster>('GET', clusterPath(name)),
      ({ status }) => status === 200,
    );
    expect(cluster.body.clusterId).toBe(name);
    const [run] = await until(
      async () => (await call<{ runs: ScheduleRun[] }>('GET', `${schedulePath}/runs`)).body.runs,
      (list) => list.some(({ endedAt }) => endedAt !== undefined),
    );
    expect(run).toMatchObject({ action: 'deploy', results: [{ clusterId: name }] });
    // The caller who signed the request wrote the schedule.
    const principal = `schedule:${name} by arn:aws:iam::000000000000:root`;
    const [first] = await listTransitions(name);
    const operation = await call('GET', `/v1/targets/${system.target}/operations/${cluster.body.operationId}`);
    expect(put.body).toMatchObject({ updatedBy: 'arn:aws:iam::000000000000:root' });
    expect([first, operation.body]).toMatchObject([{ principal }, { origin: 'schedule', principal }]);
  });

  it('is gone from the scheduler when it is removed', async () => {
    expect((await call('DELETE', schedulePath)).status).toBe(200);

    expect((await call('GET', schedulePath)).status).toBe(404);
    await expect(scheduled(toTimerName({ target: system.target, name }))).rejects.toThrow('does not exist');
    expect((await call<{ runs: ScheduleRun[] }>('GET', `${schedulePath}/runs`)).body.runs).not.toEqual([]);
  });
});
