import { describe, expect, it } from 'vitest';

import type { CommandKind } from '#events/commands/index.ts';
import { clusterStates } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { newScaling } from '#test/fakes/flink-scaling.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  jar,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  type ClusterAction,
  findJobRefusal,
  findRefusal,
  type JobAction,
} from '../../../dashboard/model/clusters/availability.ts';

/** Refusals because of the state of a cluster. Others are of a command that the state allows. */
const ofState: ReadonlySet<string | undefined> = new Set(['wrong-state', 'not-ready']);

/** Puts the session that runs into another state. It has a second revision, and no spec of it. */
const putState = async (state: Cluster['state']): Promise<Cluster> => {
  const { value, version } = (await world.store.cluster(clusterRef)) ?? {};
  if (value === undefined) throw new Error('There is no cluster.');
  await world.store.commit({ cluster: { value: { ...value, state, revision: 2 }, previous: version } });
  return (await getCluster()) ?? value;
};

const isRefusedByState = async (kind: CommandKind, fields: object): Promise<boolean> => {
  const { outcome, code } = await sendHttp(kind, { clusterId, ...fields }, world);
  return outcome !== 'done' && ofState.has(code);
};

const commands: Partial<Record<ClusterAction, readonly [CommandKind, object]>> = {
  submit: ['submit', { jar }],
  extend: ['extend', { ttl: '2h' }],
  restart: ['restart', { state: 'none' }],
  suspend: ['suspend', { state: 'none' }],
  resume: ['resume', {}],
  rollback: ['rollback', { to: 1 }],
  stop: ['stop', {}],
};

const jobCommands: Readonly<Record<JobAction, readonly [CommandKind, object]>> = {
  savepoint: ['savepoint', { directory: 's3://b/s' }],
  checkpoint: ['checkpoint', {}],
  rescale: ['rescale', { parallelism: 1 }],
  apply: ['apply-job', { jar, parallelism: 2, rollout: { savepointDirectory: 's3://b/s' } }],
  stop: ['stop-job', { directory: 's3://b/s' }],
  cancel: ['cancel', {}],
};

describe.each(clusterStates)('the actions of the dashboard for a session that is %s', (state) => {
  it.each(Object.entries(commands))('has %s if and only if the API accepts it', async (action, [kind, data]) => {
    await submitJob(sendHttp);
    const cluster = await putState(state);

    const refusal = findRefusal(action as ClusterAction, cluster);

    expect(refusal !== undefined).toBe(await isRefusedByState(kind, { data }));
  });

  it.each(Object.entries(jobCommands))(
    'has %s of a job if and only if the API accepts it',
    async (action, [kind, data]) => {
      const jobId = await submitJob(sendHttp);
      getFlink().setScaling(jobId, newScaling(1));
      const cluster = await putState(state);

      const refusal = findJobRefusal(action as JobAction, { state: 'RUNNING', operationId: jobId }, cluster);

      expect(refusal !== undefined).toBe(await isRefusedByState(kind, { jobId, data }));
    },
  );
});
