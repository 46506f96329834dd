import { beforeEach } from 'vitest';

import { defaultPolicy, type Policy } from '#events/records/policy.ts';
import type { Target } from '#events/records/target.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import type { Send } from '#test/fakes/origins.ts';
import { makeWorld, type World } from '#test/fakes/world.ts';

export const clusterId = 'etl';
export const clusterRef = { target: 'local', clusterId };
export const session = { mode: 'session' };
export const jar = 's3://bucket/uploads/local/1/job.jar';
export const savepointDirectory = 's3://bucket/savepoints';

/** Each test has a world of its own, in which {@link jar} is uploaded. */
export let world: World;
beforeEach(() => {
  world = makeWorld();
  world.jars.stored.set(jar, jarBytes);
});

export const runWorkflows = () => world.workflows.runAll(world.ports);
export const reconcile = () => dispatchReconcile(world.ports);

export const getCluster = async (id = clusterId) =>
  (await world.store.cluster({ target: 'local', clusterId: id }))?.value;
export const getState = async (id = clusterId) => (await getCluster(id))?.state;
export const getFlink = (id = clusterId) => world.kubernetes.cluster(id).flink;
export const listOperations = () => [...world.store.operations.values()].map(({ value }) => value);
export const getLastOperation = () => listOperations().at(-1);
/** The states that the cluster and its jobs have had, in order. */
export const listStates = () =>
  world.store.writtenTransitions.map(({ subject, to }) => (subject === 'cluster' ? to : `job ${to}`));

export const limitTarget = (fields: Partial<Target>) => {
  const target = world.targets.known.get('local');
  if (target !== undefined) world.targets.known.set('local', { ...target, ...fields });
};

export const setPolicy = (members: Partial<Policy>) => {
  const policy = world.targets.known.get('local')?.policy ?? defaultPolicy;
  limitTarget({ policy: { ...policy, ...members } });
};

/** Starts a session that runs. */
export const startSession = async (send: Send) => {
  await send('deploy', { clusterId, data: session }, world);
  await runWorkflows();
};

/** Starts a session with one running job. Returns the id of the job. */
export const submitJob = async (send: Send) => {
  await startSession(send);
  await send('submit', { clusterId, data: { jar } }, world);
  await runWorkflows();
  return getLastOperation()?.operationId ?? '';
};
