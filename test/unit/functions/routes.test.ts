import { beforeAll, describe, expect, it } from 'vitest';

import { type ApiFunction, calls } from '#events/http/api.ts';
import { Fault } from '#events/problems/problem.ts';
import { maxReceives } from '#shared/retries.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { newScaling } from '#test/fakes/flink-scaling.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { callHandler, deliverCommands, deliverTimerEvent, makeHttpEvent, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage } from '#test/fakes/origins.ts';
import { makeWorld, runQueues } from '#test/fakes/world.ts';

const jar = 's3://bucket/uploads/local/1/job.jar';
const directory = 's3://bucket/savepoints';
const session = { mode: 'session' };
const cluster = { clusterId: 'etl' };
const target = { cluster: 'eks', region: 'eu-central-1', namespace: 'flink' };
const deployDaily = { action: 'deploy', spec: 'office', expression: 'rate(1 day)' };
const batch = {
  name: 'days',
  template: { mode: 'application', job: { jar: 'local:///a.jar', args: ['${param.day}'] } },
  parameters: [{ day: '1' }],
};

type Parameters = Readonly<Record<string, string>>;

const world = makeWorld();
const statuses = new Map<string, number>();
const errors: object[] = [];

const call = async (route: string, parameters: Parameters = {}, body?: unknown): Promise<string> => {
  const inPath = route.includes('{target}') ? { target: 'local', ...parameters } : parameters;
  const handler = apiHandlers[calls[route]?.function as ApiFunction](world.ports); // The table has functions of the API.
  const answer = await callHandler(handler, makeHttpEvent(route, inPath, { body }));
  statuses.set(route, answer.status);
  return (answer.body as { operation?: { operationId: string } }).operation?.operationId ?? '';
};

/** Sends a command and carries it out. Returns the id of its operation. */
const send = async (route: string, parameters: Parameters = {}, body: unknown = {}): Promise<string> => {
  const operationId = await call(route, parameters, body);
  await world.workflows.runAll(world.ports);
  await runQueues(world);
  await world.workflows.runAll(world.ports);
  return operationId;
};

const callTargets = async () => {
  await call('PUT /v1/targets/{target}', { target: 'other' }, { ...target, namespace: 'other' });
  await call('GET /v1/targets');
  await call('GET /v1/targets/{target}/check', { target: 'other' });
  await call('DELETE /v1/targets/{target}', { target: 'other' });
  await call('POST /v1/targets/{target}/uploads', {}, { name: 'job.jar', bytes: 10 });
  await call('POST /v1/targets/{target}/plans', {}, session);
  await call('GET /health');
  await call('GET /openapi.json');
};

const callSchedules = async () => {
  const [spec, schedule] = [{ name: 'office' }, { name: 'morning' }];
  await call('PUT /v1/targets/{target}/specs/{name}', spec, { ...session, clusterId: 'office' });
  await call('GET /v1/targets/{target}/specs/{name}', spec);
  await call('GET /v1/targets/{target}/specs');
  await call('PUT /v1/targets/{target}/schedules/{name}', schedule, deployDaily);
  const [timer] = world.timers.recurring.values();
  if (timer !== undefined) await deliverTimerEvent(timer.timerEvent, world.ports);
  await call('GET /v1/targets/{target}/schedules/{name}', schedule);
  await call('GET /v1/targets/{target}/schedules');
  await call('GET /v1/targets/{target}/schedules/{name}/runs', schedule);
  await call('DELETE /v1/targets/{target}/schedules/{name}', schedule);
  await call('DELETE /v1/targets/{target}/specs/{name}', spec);
};

const callClusters = async () => {
  const path = '/v1/targets/{target}/clusters';
  const operationId = await send(`POST ${path}`, {}, { ...session, ...cluster });
  const jobId = await send(`POST ${path}/{clusterId}/jobs`, cluster, { jar });
  const job = { ...cluster, jobId };
  await call(`GET ${path}`);
  for (const part of ['', '/jobs', '/events', '/revisions', '/snapshots', '/logs', '/kept-logs'])
    await call(`GET ${path}/{clusterId}${part}`, cluster);
  await call(`GET ${path}/{clusterId}/flink/{proxy+}`, { ...cluster, proxy: 'jobs/overview' });
  await call(`GET ${path}/{clusterId}/revisions/{revision}`, { ...cluster, revision: '1' });
  await call(`GET ${path}/{clusterId}/jobs/{jobId}`, job);
  await call('GET /v1/targets/{target}/operations/{operationId}', { operationId });
  await call(`POST ${path}/{clusterId}/job-plans`, cluster, { jar, args: [] });
  await send(`POST ${path}/{clusterId}/extend`, cluster, { ttl: '9h' });
  const snapshotId = await send(`POST ${path}/{clusterId}/jobs/{jobId}/savepoints`, job, { directory });
  await call(`GET ${path}/{clusterId}/snapshots/{snapshotId}`, { ...cluster, snapshotId });
  await send(`POST ${path}/{clusterId}/snapshots/{snapshotId}/disposal`, { ...cluster, snapshotId });
  await send(`POST ${path}/{clusterId}/jobs/{jobId}/checkpoints`, job);
  world.kubernetes.cluster('etl').flink.setScaling(jobId, newScaling(1));
  await send(`POST ${path}/{clusterId}/jobs/{jobId}/rescale`, job, { parallelism: 2 });
  const verifiedJob = { jar, args: ['--new'], rollout: { savepointDirectory: directory, stableWithin: '10s' } };
  const applied = await send(`POST ${path}/{clusterId}/jobs`, cluster, { jar });
  await send(`PUT ${path}/{clusterId}/jobs/{jobId}`, { ...cluster, jobId: applied }, verifiedJob);
  await send(`POST ${path}/{clusterId}/savepoint-disposals`, cluster, { path: `${directory}/1` });
  await send(`POST ${path}/{clusterId}/jobs/{jobId}/stop`, job, { directory });
  const canceled = await send(`POST ${path}/{clusterId}/jobs`, cluster, { jar });
  await send(`POST ${path}/{clusterId}/jobs/{jobId}/cancel`, { ...cluster, jobId: canceled });
  const verified = { savepointDirectory: directory, stableWithin: '10s' };
  await send(`PUT ${path}/{clusterId}`, cluster, { ...session, image: 'flink:2.3.1', rollout: verified });
  await send(`POST ${path}/{clusterId}/rollback`, cluster, { ...verified, to: 1 });
  await send(`POST ${path}/{clusterId}/restart`, cluster, verified);
  await send(`POST ${path}/{clusterId}/suspend`, cluster, { savepointDirectory: directory });
  await send(`POST ${path}/{clusterId}/resume`, cluster, { stableWithin: '10s' });
  await send(`POST ${path}/{clusterId}/stop`, cluster);
};

const callQueue = async () => {
  const path = '/v1/targets/{target}/queue';
  await call(`PUT ${path}`, {}, { paused: true });
  const operationId = await call('POST /v1/targets/{target}/clusters', {}, { ...session, clusterId: 'queued' });
  await call(`GET ${path}`);
  await call(`PUT ${path}/{operationId}`, { operationId }, { priority: 5 });
  await call(`POST ${path}/{operationId}/cancel`, { operationId });
  const batchId = await send('POST /v1/targets/{target}/batches', {}, batch);
  await call('GET /v1/targets/{target}/operations/{operationId}/items', { operationId: batchId });
};

const callRest = async () => {
  world.kubernetes.createByHand('by-hand');
  const { uid } = world.kubernetes.cluster('by-hand');
  const orphans = [{ kind: 'Deployment', name: 'by-hand', uid }];
  await call('GET /v1/targets/{target}/orphans');
  await call('POST /v1/targets/{target}/orphans/removal', {}, { orphans });
  world.kubernetes.failNext('apply', new Fault('target-unreachable', 'no answer'));
  const message = makeCommandMessage('deploy', { clusterId: 'dead', data: session });
  await deliverCommands([makeSqsRecord(message, 'g', maxReceives)], world.ports);
  await call('GET /v1/dead-letters');
  await call('POST /v1/dead-letters/redrive', {}, {});
};

beforeAll(async () => {
  const error = (message: string, fields: object = {}) => errors.push({ message, ...fields });
  Object.assign(world.ports, { log: { ...world.ports.log, error } });
  world.jars.stored.set(jar, jarBytes);
  await callTargets();
  await callSchedules();
  await callClusters();
  await callRest();
  await callQueue();
});

describe('the response of each route', () => {
  it.each(Object.keys(calls))('%s is a success', (route) => {
    expect(statuses.get(route)).toBeLessThan(300);
  });

  it('matches the schema of its route', () => {
    expect(errors).toEqual([]);
  });
});
