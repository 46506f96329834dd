import { describe, expect, it } from 'vitest';

import { clusterHandler } from '#functions/cluster.ts';
import { clustersHandler } from '#functions/clusters.ts';
import { sealCursor } from '#functions/handlers/cursors.ts';
import { jobsHandler } from '#functions/jobs.ts';
import { operationHandler } from '#functions/operation.ts';
import { orphansHandler } from '#functions/orphans.ts';
import { queueViewHandler } from '#functions/queue-view.ts';
import { revisionsHandler } from '#functions/revisions.ts';
import { schedulesHandler } from '#functions/schedules.ts';
import { specsHandler } from '#functions/specs.ts';
import { targetsHandler } from '#functions/targets.ts';
import { toTransitionEvent, type Transition } from '#events/records/transitions.ts';
import { formatCursor } from '#shared/clusters/model/page.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { makeQueuedCommand, makeRun, makeSchedule } from '#test/contracts/store/records.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  listOperations,
  runWorkflows,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

/** Lambda answers with at most this many bytes. */
const maxResponseBytes = 6 * 1_024 * 1_024;

const big = 'x'.repeat(300_000);
const medium = 'x'.repeat(120_000);
const hex = (index: number) => index.toString(16).padStart(32, '0');
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

interface List {
  readonly route: string;
  readonly items: string;
  readonly handler: (ports: World) => unknown;
  /** Stores more than a response holds. Returns the number of items. */
  readonly fill: () => Promise<number>;
  readonly parameters?: () => Readonly<Record<string, string>>;
}

const at = '2026-11-23T12:00:00.000Z';

const newSnapshotFields = {
  kind: 'savepoint',
  trigger: 'manual',
  jobId: hex(1),
  jobName: big,
  clusterOperationId: hex(2),
  flinkVersion: '2.2',
  principal: 'drey:reconcile',
  createdAt: at,
  completedAt: at,
} as const;

const lists: readonly List[] = [
  {
    route: 'GET /v1/targets',
    items: 'targets',
    handler: targetsHandler,
    fill: async () => {
      const local = await world.targets.get('local');
      for (let index = 0; index < 30; index += 1)
        await world.targets.put(`t${index}`, {
          ...local,
          namespace: `t${index}`,
          defaults: { 'env.java.opts.all': big },
        });
      return 31;
    },
  },
  {
    route: 'GET /v1/targets/{target}/specs',
    items: 'specs',
    handler: specsHandler,
    fill: async () => {
      for (let index = 0; index < 250; index += 1) await world.specs.put('local', `s${index}`, {});
      return 250;
    },
  },
  {
    route: 'GET /v1/targets/{target}/schedules',
    items: 'schedules',
    handler: schedulesHandler,
    fill: async () => {
      for (const name of times(30, (index) => `s${index}`))
        await world.store.commit({
          schedule: { target: 'local', name, value: makeSchedule('local', name, big), previous: undefined },
        });
      return 30;
    },
  },
  {
    route: 'GET /v1/targets/{target}/schedules/{name}/runs',
    items: 'runs',
    handler: schedulesHandler,
    parameters: () => ({ name: 'evening' }),
    fill: async () => {
      for (const runId of times(30, (index) => `r${index}`))
        await world.store.commit({
          run: { value: { ...makeRun('local', 'evening', runId), missed: big }, previous: undefined },
        });
      return 30;
    },
  },
  {
    route: 'GET /v1/targets/{target}/clusters/{clusterId}/revisions',
    items: 'revisions',
    handler: revisionsHandler,
    parameters: () => ({ clusterId }),
    fill: async () => {
      for (let number = 2; number <= 4; number += 1) {
        await sendHttp('stop', { clusterId }, world);
        await runWorkflows();
        await startSession(sendHttp);
      }
      return 4;
    },
  },
  {
    route: 'GET /v1/targets/{target}/clusters/{clusterId}/snapshots',
    items: 'snapshots',
    handler: revisionsHandler,
    parameters: () => ({ clusterId }),
    fill: async () => {
      for (let index = 0; index < 12; index += 1) {
        const operationId = hex(index);
        const value = { ...clusterRef, ...newSnapshotFields, snapshotId: operationId, operationId };
        await world.store.commit({ snapshots: [{ value, previous: undefined }] });
      }
      return 12;
    },
  },
  {
    route: 'GET /v1/targets/{target}/orphans',
    items: 'orphans',
    handler: orphansHandler,
    fill: async () => {
      const stray = {
        kind: 'Service' as const,
        clusterId: 'gone',
        operationId: undefined,
        foreign: false,
        ownerUid: 'u',
      };
      world.kubernetes.strays.push(...times(60, (index) => ({ ...stray, name: `${index}${medium}`, uid: hex(index) })));
      return 60;
    },
  },
  {
    route: 'GET /v1/targets/{target}/clusters/{clusterId}/events',
    items: 'transitions',
    handler: clusterHandler,
    parameters: () => ({ clusterId }),
    fill: async () => {
      const last = (await world.store.cluster(clusterRef))?.value.sequence ?? 0;
      const transition = (sequence: number): Transition => ({
        id: `${sequence}`,
        ...clusterRef,
        sequence,
        labels: {},
        at,
        subject: 'cluster',
        from: 'RUNNING',
        to: 'RUNNING',
        principal: 'drey:reconcile',
        message: medium,
      });
      for (let sequence = last + 1; sequence <= 60; sequence += 1)
        await world.store.commit({ events: [toTransitionEvent(transition(sequence))] });
      return 60;
    },
  },
  {
    route: 'GET /v1/targets/{target}/clusters/{clusterId}/jobs',
    items: 'jobs',
    handler: jobsHandler,
    parameters: () => ({ clusterId }),
    fill: async () => {
      await sendHttp('stop', { clusterId }, world);
      await runWorkflows();
      const operationId = listOperations()[0]?.operationId ?? '';
      const job = { ...clusterRef, name: 'clicks', state: 'FAILED' as const, startTime: at, updatedAt: at };
      for (const jobId of times(60, hex))
        await world.store.commit({
          jobs: [{ value: { ...job, jobId, clusterOperationId: operationId, message: medium }, previous: undefined }],
        });
      return 60;
    },
  },
  {
    route: 'GET /v1/targets/{target}/operations/{operationId}/items',
    items: 'batchItems',
    handler: operationHandler,
    parameters: () => ({ operationId: listOperations()[0]?.operationId ?? '' }),
    fill: async () => {
      const batchId = listOperations()[0]?.operationId ?? '';
      const item = (batchIndex: number) => ({ batchId, batchIndex, clusterId: `days-${batchIndex}`, message: medium });
      await world.store.commit({ batchItems: times(60, item) });
      return 60;
    },
  },
  {
    route: 'GET /v1/targets/{target}/queue',
    items: 'queued',
    handler: queueViewHandler,
    fill: async () => {
      for (let index = 0; index < 60; index += 1) {
        const value = makeQueuedCommand('local', {
          clusterId: `${index}${medium}`,
          deadline: '2026-11-24T12:00:00.000Z',
        });
        await world.store.commit({ queued: [{ value, readyKey: undefined, previous: undefined }] });
      }
      return 60;
    },
  },
];

describe.each(lists)('$route', ({ route, items, handler, fill, parameters = () => ({}) }) => {
  const call = (query: Readonly<Record<string, string>> = {}) =>
    callHandler(handler(world.ports), makeHttpEvent(route, { target: 'local', ...parameters() }, { query }));
  const maxLimit = route.endsWith('runs') ? '10' : route.endsWith('events') ? '500' : '1000';

  it('answers in pages that Lambda can return, until it has returned everything', async () => {
    await startSession(sendHttp);
    const count = await fill();
    const found: string[] = [];
    let next: string | undefined;
    for (let pages = 0; pages < 200; pages += 1) {
      const parameter = route.endsWith('events') ? 'after' : 'cursor';
      const { status, body } = await call({ limit: maxLimit, ...(next === undefined ? {} : { [parameter]: next }) });
      expect(status).toBe(200);
      expect(Buffer.byteLength(JSON.stringify({ body: JSON.stringify(body) }))).toBeLessThan(maxResponseBytes);
      const page = body[items] as readonly object[];
      found.push(...page.map((item) => JSON.stringify(item)));
      next = (route.endsWith('events') && page.length > 0 ? String(body['last']) : body['cursor']) as
        | string
        | undefined;
      if (next === undefined) break;
    }

    expect(found).toHaveLength(count);
    expect(new Set(found).size).toBe(count);
  });

  it('has as many items as the caller wants', async () => {
    await startSession(sendHttp);
    await fill();
    const { body } = await call({ limit: '2' });

    expect(body[items]).toHaveLength(2);
    expect(body).toHaveProperty(route.endsWith('events') ? 'last' : 'cursor');
  });

  it('refuses a limit and a cursor that it does not know', async () => {
    await startSession(sendHttp);

    expect(await call({ limit: '0' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/limit' }] } });
    expect(await call({ cursor: 'nonsense' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/cursor' }] },
    });
  });

  it('refuses the cursor of a list with another path or filter', async () => {
    if (route.endsWith('events')) return;
    await startSession(sendHttp);
    await fill();
    const foreign = makeHttpEvent('GET /v1/targets/{target}/specs', { target: 'another' });
    const cursor = sealCursor({ status: 200, body: { cursor: formatCursor('s1') } }, foreign).body;

    expect(await call(cursor as { cursor: string })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('belongs to a list with another path or filter') },
    });
  });
});

describe('the cursor of a list without parameters in its path', () => {
  const event = makeHttpEvent('GET /v1/targets', {});
  const { pathParameters: _none, ...bare } = event;
  const page = { status: 200, body: { cursor: formatCursor('etl') } };

  it('is the same when the event has no parameters', () => {
    expect(sealCursor(page, bare)).toEqual(sealCursor(page, event));
  });

  it('is the same when they are null, as an emulator sends them', () => {
    const sent: unknown = { ...bare, pathParameters: null };

    expect(sealCursor(page, sent as typeof event)).toEqual(sealCursor(page, event));
  });
});

describe('the cursor of a list of clusters', () => {
  const call = (query: Readonly<Record<string, string>>) =>
    callHandler(
      clustersHandler(world.ports),
      makeHttpEvent('GET /v1/targets/{target}/clusters', { target: 'local' }, { query }),
    );

  it('is valid with the same filter only, in pages of any size', async () => {
    for (const id of ['a', 'b', 'c']) await sendHttp('deploy', { clusterId: id, data: { mode: 'session' } }, world);
    await runWorkflows();
    const cursor = String((await call({ state: 'RUNNING', limit: '1' })).body['cursor']);

    expect(await call({ state: 'RUNNING', limit: '2', cursor })).toMatchObject({
      body: { clusters: [{ clusterId: 'b' }, { clusterId: 'c' }] },
    });
    for (const filter of [{ state: 'STOPPED' }, { state: 'RUNNING', label: 'team=etl' }, {}])
      expect(await call({ ...filter, cursor })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/cursor' }] },
      });
  });
});
