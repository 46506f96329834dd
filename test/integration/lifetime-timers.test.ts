import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';

import { createNamespace, deleteNamespace, putTargetLikeOwn } from '../support/namespaces.ts';
import {
  aws,
  call,
  clusterPath,
  deploy,
  freshId,
  stop,
  system,
  unschedulable,
  until,
  untilState,
} from '../support/system.ts';

const scheduler = new SchedulerClient(aws);
const scheduled = (timer: string) =>
  scheduler.send(new GetScheduleCommand({ Name: timer, GroupName: system.outputs['ScheduleGroup'] }));

/** A target of its own: only the reconcile pass of each minute visits it. */
const quiet = freshId('quiet');

beforeAll(async () => {
  await createNamespace(quiet);
  await putTargetLikeOwn(quiet);
});
afterAll(() => deleteNamespace(quiet));

describe('the timer of a lifetime', () => {
  it('is set by a reconcile pass, and removed after an extension or the end of the cluster', async () => {
    const clusterId = freshId('ends');
    await deploy({ mode: 'session', clusterId, config: unschedulable, lifetime: { ttl: '1h' } }, {}, quiet);
    const path = clusterPath(clusterId, quiet);
    const noted = await until(
      async () => (await call<Cluster>('GET', path)).body,
      ({ lifetime }) => lifetime?.scheduledVersion === 1,
    );
    const timer = (version: number) => `end-${noted.operationId}-v${version}`;
    const first = await scheduled(timer(1));
    expect(first).toMatchObject({ ActionAfterCompletion: 'DELETE', Target: { DeadLetterConfig: {} } });
    expect(first.ScheduleExpression).toMatch(/^at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)$/);

    const extendLifetime = await call<{ cluster: Cluster }>('POST', `${path}/extend`, { ttl: '2h' });
    expect(extendLifetime).toMatchObject({ status: 200, body: { cluster: { lifetime: { version: 2, ttl: '2h' } } } });
    await until(
      async () => (await call<Cluster>('GET', path)).body,
      ({ lifetime }) => lifetime?.scheduledVersion === 2,
    );
    await expect(scheduled(timer(1))).rejects.toThrow('does not exist');

    await stop(clusterId, {}, quiet);
    await untilState(clusterId, 'STOPPED', quiet);
    await until(
      async () => scheduled(timer(2)).catch(() => 'gone'),
      (answer) => answer === 'gone',
    );
  });
});
