import { beforeAll, describe, it } from 'vitest';

import type { Accepted, Applied } from '#events/http/accepted.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Operation } from '#events/records/operation.ts';
import type { Revision } from '#events/records/revisions.ts';

import { enableS3, useBucket } from '../support/bucket.ts';
import { buildCounts, type Counts, countsConfig, untilCounts } from '../support/counts.ts';
import {
  call,
  clusterPath,
  freshId,
  listEvents,
  listObjects,
  small,
  stop,
  until,
  untilDone,
  untilJobRuns,
  untilRestored,
  untilState,
} from '../support/system.ts';

const { url, put } = useBucket();
beforeAll(async () => {
  await put('jobs/counts.jar', await buildCounts());
});

/** The spec of a variant of the program, which a rollout watches for so long. */
const spec = (
  variant: string,
  { stableWithin = '60s', ...fields }: { stableWithin?: string; image?: string } = {},
) => ({
  mode: 'application',
  image: 'flink:2.2',
  job: { jar: `${url}/jobs/counts.jar`, args: [variant] },
  config: { ...small, ...enableS3(), ...countsConfig(url) },
  rollout: { stableWithin },
  ...fields,
});

const apply = (clusterId: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  call<Applied>('PUT', clusterPath(clusterId), body, headers);

/** Sends a command about a rollout, and waits for its end. */
const roll = async (clusterId: string, action: string, body: object = {}): Promise<Operation> => {
  const answer = await call<Accepted>('POST', `${clusterPath(clusterId)}/${action}`, body);
  if (answer.status !== 202) throw new Error(`${action} was refused: ${JSON.stringify(answer.body)}`);
  return untilDone(answer.body.operation.operationId);
};

const untilApplied = async (clusterId: string, body: object): Promise<Operation> => {
  const answer = await apply(clusterId, body);
  if (answer.body.operation === undefined) throw new Error(`The apply was refused: ${JSON.stringify(answer.body)}`);
  return untilDone(answer.body.operation.operationId);
};

const readCluster = async (clusterId: string) => (await call<Cluster>('GET', clusterPath(clusterId))).body;
const listRevisions = async (clusterId: string) =>
  (await call<{ revisions: Revision[] }>('GET', `${clusterPath(clusterId)}/revisions`)).body.revisions;

/** The counts of the only job that runs on a cluster. */
const countsOf = async (clusterId: string, wanted?: (counts: Counts) => boolean) => {
  const jobId = (await untilJobRuns(clusterId))?.jobId ?? '';
  return { jobId, ...(await untilCounts(clusterId, jobId, wanted)) };
};

const hasBegun = ({ last }: Counts) => last > 200;

/** Starts the program, and waits until it has counted for a while. */
const start = async (clusterId: string) => {
  const operation = await untilApplied(clusterId, spec('good'));
  if (operation.state !== 'SUCCEEDED') throw new Error(`The apply failed: ${JSON.stringify(operation.problem)}`);
  return countsOf(clusterId, hasBegun);
};

const end = async (clusterId: string) => {
  await stop(clusterId);
  await untilState(clusterId, 'STOPPED');
};

describe('an apply', () => {
  it('upgrades an application, which continues to count', async ({ expect }) => {
    const clusterId = freshId('upgrade');
    const before = await start(clusterId);

    const operation = await untilApplied(clusterId, spec('good-2'));

    expect(operation).toMatchObject({
      kind: 'apply',
      state: 'SUCCEEDED',
      rollout: { from: 1, to: 2, snapshot: { kind: 'savepoint', path: expect.stringContaining(`${url}/savepoints/`) } },
    });
    const phases = operation.rollout?.phases.map(({ name }) => name) ?? [];
    expect(phases).toEqual(['Checking', 'Snapshotting', 'Starting', 'Verifying']);
    const after = await countsOf(clusterId);
    expect(after.first).toBeGreaterThan(before.last);
    expect(await untilRestored(clusterId, after.jobId)).toBe(operation.rollout?.snapshot?.path);
    expect(await listRevisions(clusterId)).toMatchObject([
      { number: 2, outcome: 'stable' },
      { number: 1, outcome: 'stable' },
    ]);
    const published = await until(
      async () => listEvents(clusterId, 'Flink Rollout State Change').map(({ detail }) => detail),
      (details) =>
        details.some(({ operationId, state }) => operationId === operation.operationId && state === 'SUCCEEDED'),
    );
    expect(
      published.filter(({ operationId }) => operationId === operation.operationId).map(({ phase }) => phase),
    ).toEqual(expect.arrayContaining(phases));

    const same = await apply(clusterId, spec('good-2'));
    expect(same).toMatchObject({ status: 200, body: { result: 'unchanged', revision: 2 } });
    const stale = await apply(clusterId, spec('good'), { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'revision-mismatch' } });

    const back = await roll(clusterId, 'rollback', { stableWithin: '60s' });
    expect(back).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 2, to: 3 } });
    expect((await countsOf(clusterId)).first).toBeGreaterThan(after.last);
    await end(clusterId);
  });
});

describe.each([
  ['throws in main()', spec('throws-in-main')],
  ['throws 20 seconds after its start', spec('throws-later', { stableWithin: '90s' })],
  ['has state of another type', spec('other-type')],
  ['has an operator of another uid', spec('other-uid')],
  ['has an image that does not exist', spec('good-2', { image: 'flink:none' })],
])('a revision that %s', (_what, bad) => {
  it('is replaced by the last stable one, whose count is intact', async ({ expect }) => {
    const clusterId = freshId('bad');
    const before = await start(clusterId);

    const operation = await untilApplied(clusterId, bad);

    expect(operation).toMatchObject({
      state: 'FAILED',
      problem: { detail: expect.stringMatching(/\w/) },
      rollout: { from: 1, rolledBackTo: 1 },
    });
    expect(await readCluster(clusterId)).toMatchObject({ state: 'RUNNING' });
    expect((await countsOf(clusterId)).first).toBeGreaterThan(before.last);
    const [newest, failed, first] = await listRevisions(clusterId);
    expect([newest?.outcome, failed?.outcome, first?.outcome]).toEqual(['stable', 'failed', 'stable']);
    expect(newest?.digest).toBe(first?.digest);
    await end(clusterId);
  });
});

describe('a suspended application', () => {
  it('takes no capacity, and is resumed with its count', async ({ expect }) => {
    const clusterId = freshId('night');
    const before = await start(clusterId);

    expect(await roll(clusterId, 'suspend')).toMatchObject({ kind: 'suspend', state: 'SUCCEEDED' });
    expect(await readCluster(clusterId)).toMatchObject({
      state: 'SUSPENDED',
      snapshot: { path: expect.stringContaining(`${url}/savepoints/`) },
    });
    expect(await listObjects(clusterId)).toEqual([]);

    expect(await roll(clusterId, 'resume', { stableWithin: '60s' })).toMatchObject({
      kind: 'resume',
      state: 'SUCCEEDED',
    });
    const resumed = await countsOf(clusterId);
    expect(resumed.first).toBeGreaterThan(before.last);

    expect(await roll(clusterId, 'restart', { stableWithin: '60s' })).toMatchObject({ state: 'SUCCEEDED' });
    expect((await countsOf(clusterId)).first).toBeGreaterThan(resumed.last);
    await end(clusterId);
  });
});
