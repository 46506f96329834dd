import { beforeEach } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { userArn } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  getFlink,
  getLastOperation,
  jar,
  limitTarget,
  listOperations,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

export const otherJar = 's3://bucket/uploads/local/2/other.jar';
export const restore = { fromCluster: 'etl', latest: true };
export const clicks = { jar, entryClass: 'com.example.Clicks', args: ['--day', '1'], parallelism: 1 };
export const orders = { jar, entryClass: 'com.example.Orders', config: { 'pipeline.name': 'orders' } };

beforeEach(() => {
  world.jars.stored.set(otherJar, jarBytes);
});

export const settle = async () => {
  await runWorkflows();
  // A verdict requests an admission pass, such as that of a session that runs.
  await world.ports.admissionQueue.send('local');
  await runQueues(world);
  await runWorkflows();
};
export const deploy = async (data: Readonly<Record<string, unknown>> = {}, clusterId = 'etl', send = sendHttp) => {
  const outcome = await send('deploy', { clusterId, data: { mode: 'session', ...data } }, world);
  await settle();
  return outcome;
};
/** Submits a job. Returns its id. */
export const submit = async (data: Readonly<Record<string, unknown>>) => {
  await sendHttp('submit', { clusterId: 'etl', data }, world);
  await settle();
  return getLastOperation()?.operationId ?? '';
};
export const requestStop = (savepoint = 'required', clusterId = 'etl') =>
  sendHttp('stop', { clusterId, data: { savepoint, savepointDirectory } }, world);
export const stop = async (savepoint = 'required') => {
  setSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
  await requestStop(savepoint);
  await settle();
};
/** Stops one job with a savepoint. */
export const stopJob = async (jobId: string) => {
  setSavepoints((id) => ({ location: `${savepointDirectory}/${id}` }));
  await sendHttp('stop-job', { clusterId: 'etl', jobId, data: { directory: savepointDirectory } }, world);
  await settle();
};

export const findDeploy = (clusterId: string) =>
  listOperations().findLast((operation) => operation.kind === 'deploy' && operation.clusterId === clusterId);
export const listRestoredJobs = (clusterId: string) => findDeploy(clusterId)?.restoredJobs ?? [];
export const listFormerJobs = (clusterId: string) => listRestoredJobs(clusterId).map(({ formerJobId }) => formerJobId);
export const listRunningJobs = (clusterId: string) =>
  [...getFlink(clusterId).jobs].map(([jobId, { options }]) => ({ jobId, ...options }));
export const getOperation = (id: string | undefined) => listOperations().find(({ operationId }) => operationId === id);
export const getJob = (jobId: string) =>
  [...world.store.jobRecords.values()].find(({ value }) => value.jobId === jobId)?.value;

export const limitJobs = (jobs: number | undefined) => limitTarget({ limits: jobs === undefined ? {} : { jobs } });
/** Says how Flink's savepoints of the session end. */
export const setSavepoints = (
  how: (jobId: string) => { readonly location: string } | { readonly failure: string } | 'in-progress',
) => {
  getFlink('etl').savepoint = how;
};
/** Only the savepoint of this job works. */
export const saveOnly = (one: string) =>
  setSavepoints((jobId) => (jobId === one ? { location: `${savepointDirectory}/${jobId}` } : { failure: 'no space' }));
export const cancelQueued = async (operationId: string) => {
  await endQueued(
    { operationId },
    { state: 'CANCELED', fault: new Fault('canceled', 'canceled by the caller'), principal: userArn },
    world.ports,
  );
};
