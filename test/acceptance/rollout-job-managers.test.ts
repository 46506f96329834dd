import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { isTerminalCluster } from '#events/records/cluster-states.ts';

import { apply, readCluster, useCounts } from '../support/rollouts.ts';
import { freshId, kubectl, system, until, untilDone, untilState } from '../support/system.ts';

const counts = useCounts();
const config = {
  'high-availability.type': 'kubernetes',
  'high-availability.storageDir': `${counts.url}/ha`,
};

/** Deletes the pod of the JobManager without a grace period, as soon as there is one. */
const killJobManager = (clusterId: string) => {
  const pods = ['-l', `app=${clusterId},component=jobmanager`];
  return until(
    () => kubectl('delete', 'pod', '-n', system.namespace, ...pods, '--grace-period=0', '--force', '-o', 'name'),
    (deleted) => deleted.includes('pod/'),
  );
};

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
