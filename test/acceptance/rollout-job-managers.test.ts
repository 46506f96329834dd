import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Operation } from '#events/records/operation.ts';

import { apply, readCluster, untilApplied, useCounts } from '../support/rollouts.ts';
import { call, freshId, kubectl, system, until, untilDone, untilState } from '../support/system.ts';

const counts = useCounts();
const config = {
  'high-availability.type': 'kubernetes',
  'high-availability.storageDir': `${counts.url}/ha`,
};

const selectJobManager = (clusterId: string) => ['-l', `app=${clusterId},component=jobmanager`];

/** Deletes the pod of the JobManager without a grace period, as soon as there is one. */
const killJobManager = (clusterId: string) => {
  const pods = selectJobManager(clusterId);
  return until(
    () => kubectl('delete', 'pod', '-n', system.namespace, ...pods, '--grace-period=0', '--force', '-o', 'name'),
    (deleted) => deleted.includes('pod/'),
  );
};

const readStop = async (clusterId: string): Promise<Operation | undefined> => {
  const { stopOperationId } = await readCluster(clusterId);
  return stopOperationId === undefined
    ? undefined
    : (await call<Operation>('GET', `/v1/targets/${system.target}/operations/${stopOperationId}`)).body;
};

/** Hides the JobManager from Drey, or shows it again: its Service selects no pod in the meantime. */
const hideJobManager = (clusterId: string, isHidden: boolean) => {
  const patch = { spec: { selector: { hidden: isHidden ? 'yes' : null } } };
  return kubectl('patch', 'service', `${clusterId}-rest`, '-n', system.namespace, '-p', JSON.stringify(patch));
};

/** The state of the only job as the JobManager tells it, also while it is hidden. Undefined: it does not answer. */
const readJobState = async (clusterId: string): Promise<string | undefined> => {
  try {
    const pods = await kubectl('get', 'pod', '-n', system.namespace, ...selectJobManager(clusterId), '-o', 'name');
    const path = `/api/v1/namespaces/${system.namespace}/pods/${pods.trim().split('/')[1]}:8081/proxy/v1/jobs/overview`;
    const { jobs } = JSON.parse(await kubectl('get', '--raw', path)) as { readonly jobs: readonly { state: string }[] };
    return jobs[0]?.state;
  } catch {
    return undefined;
  }
};

it('a JobManager that dies between the end of its job and the answer about the savepoint costs no state in silence', async () => {
  const clusterId = freshId('lost');
  const options = { config: { ...config, 'execution.checkpointing.interval': '20s' } };
  const before = await counts.start(clusterId, options, 'slow-snapshots');
  const { operation } = (await apply(clusterId, counts.spec('good', options))).body;
  await until(
    () => readStop(clusterId),
    (stop) => stop?.phase?.startsWith('Taking savepoints: 1') === true,
    100,
  );
  await hideJobManager(clusterId, true);
  await until(
    () => readJobState(clusterId),
    (state) => state === 'FINISHED',
  );
  await killJobManager(clusterId);
  await until(
    () => readJobState(clusterId),
    (state) => state === 'RUNNING',
  );
  await hideJobManager(clusterId, false);

  const { state, problem } = await untilDone(operation?.operationId ?? '');

  expect({ state, reason: problem?.reason }).toEqual({ state: 'FAILED', reason: 'JobLostState' });
  expect(await readCluster(clusterId)).toMatchObject({ state: 'RUNNING' });
  // What the message says leads to the state.
  const name = /savepoint-[0-9a-f]{6}-/.exec(problem?.detail ?? '')?.[0] ?? 'none';
  const [key = ''] = await counts.listKeys(`savepoints/${name}`);
  const path = `${counts.url}/savepoints/${key.split('/').at(-2)}`;
  const { job, ...spec } = counts.spec('good', options);
  const restored = { ...spec, job: { ...job, restore: { path } }, rollout: { ...spec.rollout, state: 'none' } };
  await untilApplied(clusterId, restored);
  const after = await counts.countsOf(clusterId);
  expect(after.first).toBeGreaterThan(before.last);
  await counts.end(clusterId);
});

describe('an application with high availability', () => {
  const clusterId = freshId('killed');
  let last = 0;
  beforeAll(async () => {
    ({ last } = await counts.start(clusterId, { config }));
  });
  afterAll(() => counts.end(clusterId));

  it.each([
    ['Snapshotting', 'good-2'],
    ['Starting', 'good'],
    ['Verifying', 'good-2'],
  ])('keeps its count when its JobManager is killed in the phase %s of a rollout', async (phase, variant) => {
    const { operation } = (await apply(clusterId, counts.spec(variant, { config }))).body;
    await until(
      () => readCluster(clusterId),
      ({ rollout }) => rollout?.phase === phase,
      100,
    );

    await killJobManager(clusterId);

    const { state, rollout, problem } = await untilDone(operation?.operationId ?? '');
    // The rollout may survive, end before the old incarnation does, or return to it.
    const isAsBefore = rollout?.phase === 'Snapshotting' || rollout?.rolledBackTo !== undefined;
    const cluster = await readCluster(clusterId);
    if ((state !== 'SUCCEEDED' && !isAsBefore) || isTerminalCluster(cluster))
      throw new Error(`the rollout ended in ${state}, and the cluster is ${cluster.state}: ${problem?.detail}`);
    await untilState(clusterId, 'RUNNING');
    const after = await counts.countsOf(clusterId, (found) => found.last > last);
    // A restarted JobManager continues from a checkpoint, which may be some seconds old. Without state, the count begins with 0.
    expect(after.first).toBeGreaterThan(0);
    last = after.last;
  });
});
