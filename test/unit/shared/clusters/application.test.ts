import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { commands } from '#events/commands/index.ts';
import { Fault } from '#events/problem.ts';
import { readOperation } from '#shared/clusters/queue/read-operation.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { readClusters } from '#shared/clusters/queries/clusters.ts';
import { flatten } from '#shared/flink/config.ts';

import { doors, makeWorld, type Send, type World } from '../../../fakes/world.ts';

const clusterId = 'etl';
const clusterRef = { target: 'local', clusterId };
const jar = 'local:///opt/flink/usrlib/job.jar';
const application = { mode: 'application', job: { jar, args: ['--n', '3'] } };
const highlyAvailable = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://ha/' };

let world: World;
beforeEach(() => {
  world = makeWorld();
});

const cluster = async () => (await world.store.cluster(clusterRef))?.value;
const states = () => world.store.written.map(({ subject, to }) => (subject === 'cluster' ? to : `job ${to}`));
const workflows = () => world.workflows.runAll(world.ports);
const look = () => dispatchReconcile(world.ports);
const deployId = () => [...world.store.operations.values()][0]?.value.operationId ?? '';
const flink = () => world.kubernetes.cluster(clusterId).flink;

const started = async (send: Send, config: Readonly<Record<string, string>> = {}) => {
  await send('deploy', { clusterId, data: { ...application, config } }, world);
  await workflows();
};

/** The options of the cluster's config.yaml. */
const configured = () => {
  const { manifests } = world.kubernetes.cluster(clusterId);
  const configMap = manifests?.dependents.find(({ metadata }) => metadata?.name === `flink-config-${clusterId}`);
  const text = configMap !== undefined && 'data' in configMap ? configMap.data?.['config.yaml'] : '';
  return flatten(parse(text ?? '', { mapAsMap: true }));
};

describe.each(doors)('through %s, an application', (_door, send) => {
  it('runs once its program has a job, which has the id of the operation', async () => {
    await started(send);

    expect(await cluster()).toMatchObject({ state: 'RUNNING', mode: 'application' });
    expect(await world.store.job(clusterRef, deployId())).toMatchObject({ value: { state: 'RUNNING' } });
    expect(configured()).toMatchObject({
      '$internal.pipeline.job-id': deployId(),
      '$internal.application.program-args': ['--n', '3'],
      'execution.shutdown-on-application-finish': 'false',
      'pipeline.jars': [jar],
    });
    expect(configured()).not.toHaveProperty(['execution.submit-failed-job-on-application-error']);
  });

  it('with high availability has a job for a main() that throws too', async () => {
    await started(send, highlyAvailable);

    expect(configured()).toMatchObject({ 'execution.submit-failed-job-on-application-error': 'true' });
  });

  it.each([
    ['execution.shutdown-on-application-finish', 'true'],
    ['$internal.pipeline.job-id', 'f'.repeat(32)],
  ])("keeps the caller's own %s", async (key, value) => {
    await started(send, { [key]: value });

    expect(configured()).toMatchObject({ [key]: value });
  });

  it('is waited for while its program has no job', async () => {
    world.kubernetes.applicationJob = undefined;
    await started(send);

    expect(await cluster()).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
  });

  it.each([
    ['FINISHED', 'JobFinished'],
    ['CANCELED', 'JobCanceled'],
  ] as const)('ends %s with its job, and is removed after that is recorded', async (state, reason) => {
    await started(send, highlyAvailable);
    world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));
    flink().setState(deployId(), state);
    const { requests } = flink();
    await look();
    await workflows();

    expect(states().slice(-3)).toEqual([`job ${state}`, 'STOPPING', state]);
    expect(await cluster()).toMatchObject({ state, reason });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect([...(world.kubernetes.highAvailability.get(clusterId) ?? [])]).toEqual([]);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toContain('DELETE /v1/cluster');
  });

  it('ends FAILED with the root cause of its job', async () => {
    await started(send);
    flink().setState(deployId(), 'FAILED', 'java.lang.ArithmeticException: / by zero\n\tat a.B(C.java:1)');
    await look();
    await workflows();

    expect(await cluster()).toMatchObject({
      state: 'FAILED',
      reason: 'JobFailed',
      message: 'ArithmeticException: / by zero',
    });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect(await readOperation(deployId(), world.ports)).toMatchObject({
      state: 'SUCCEEDED',
      verdict: 'FAILED',
      verdictMessage: 'ArithmeticException: / by zero',
    });
  });

  it('that is short may be over at the first look', async () => {
    world.kubernetes.applicationJob = 'FINISHED';
    await started(send);
    await workflows();

    expect(states()).toEqual(['REQUESTED', 'DEPLOYING', 'RUNNING', 'job FINISHED', 'STOPPING', 'FINISHED']);
  });

  it('whose main() throws fails with what Java said, at once', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: application }, world);
    const own = world.kubernetes.cluster(clusterId);
    own.trouble = { reason: 'CrashLoopBackOff', message: 'back-off 10s', exitCode: 2 };
    own.restarts = 2;
    own.previousLog =
      'INFO begins\norg.apache.X: no\n\tat a.B(C.java:1)\nCaused by: java.io.IOException: no such bucket\n';
    await workflows();

    const ended = await cluster();
    expect(ended).toMatchObject({ state: 'FAILED', reason: 'CrashLoopBackOff' });
    expect(ended?.message).toBe('java.io.IOException: no such bucket (back-off 10s)');
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('whose JobManager crashes again and again fails with its job', async () => {
    await started(send);
    const own = world.kubernetes.cluster(clusterId);
    Object.assign(own, {
      ready: false,
      restarts: 3,
      trouble: { reason: 'CrashLoopBackOff', message: 'back-off 40s', exitCode: 2 },
      previousLog: 'java.lang.OutOfMemoryError: heap',
    });
    await look();
    await workflows();

    const ended = await cluster();
    expect(ended).toMatchObject({ state: 'FAILED', reason: 'JobFailed' });
    expect(ended?.message).toMatch(/^java\.lang\.OutOfMemoryError: heap/);
  });

  it('whose JobManager crashes before anybody saw its job fails all the same', async () => {
    await started(send);
    world.store.jobRecords.clear();
    const own = world.kubernetes.cluster(clusterId);
    Object.assign(own, {
      ready: false,
      restarts: 3,
      trouble: { reason: 'CrashLoopBackOff', message: 'back-off 40s', exitCode: 2 },
      previousLog: 'java.io.FileNotFoundException: no such savepoint',
    });
    await look();
    await workflows();

    expect(await cluster()).toMatchObject({
      state: 'FAILED',
      message: expect.stringContaining('FileNotFoundException: no such savepoint'),
    });
  });

  it('is not ended by a JobManager that does not answer', async () => {
    await started(send);
    world.kubernetes.cluster(clusterId).ready = false;
    await look();
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('that is stopped is STOPPED, and its job CANCELED', async () => {
    await started(send);
    await send('stop', { clusterId }, world);
    await workflows();

    expect(states().slice(-3)).toEqual(['STOPPING', 'job CANCELED', 'STOPPED']);
  });

  it('that has ended cannot be stopped any more', async () => {
    await started(send);
    flink().setState(deployId(), 'FINISHED');
    await look();
    await workflows();

    expect(await send('stop', { clusterId }, world)).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
  });

  it('may be stopped while its end is carried out', async () => {
    await started(send);
    flink().setState(deployId(), 'FINISHED');
    await look();

    expect(await send('stop', { clusterId, data: { ha: 'keep' } }, world)).toMatchObject({ outcome: 'done' });
    await workflows();
    expect(await cluster()).toMatchObject({ state: 'FINISHED' });
  });

  it('has its job cancelled like any other', async () => {
    await started(send);
    const cancelled = await send('cancel', { clusterId, jobId: deployId() }, world);
    flink().setState(deployId(), 'CANCELED');
    await look();
    await workflows();

    expect(cancelled).toMatchObject({ outcome: 'done' });
    expect(await cluster()).toMatchObject({ state: 'CANCELED' });
  });

  it('takes no other program', async () => {
    await started(send);
    const data = { jar: 's3://bucket/uploads/local/1/job.jar' };

    expect(await send('submit', { clusterId, data }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'wrong-state',
    });
  });

  it('may have the id of one that has ended', async () => {
    world.kubernetes.applicationJob = 'FINISHED';
    await started(send);
    await workflows();
    world.kubernetes.applicationJob = 'RUNNING';

    expect(await send('deploy', { clusterId, data: application }, world)).toMatchObject({ outcome: 'done' });
    await workflows();
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });

  it.each([
    ['no program', { mode: 'application' }, ['/job']],
    ['a jar without a scheme', { mode: 'application', job: { jar: './job.jar' } }, ['/job/jar']],
    ['a program for a session', { mode: 'session', job: { jar } }, ['/job']],
  ])('is refused with %s, and nothing is created', async (_what, data, pointers) => {
    expect(await send('deploy', { clusterId, data }, world)).toMatchObject({ outcome: 'rejected', pointers });
    expect(await cluster()).toBeUndefined();
  });
});

describe('what a failed deploy left behind', () => {
  const send = doors[0]?.[1] as Send;

  it('is removed by the next deploy of the id, which may be tried again', async () => {
    await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    await workflows();
    const { uid } = world.kubernetes.cluster(clusterId);
    await send('stop', { clusterId }, world);
    await workflows();
    // The Deployment came back to light: its removal had not got through.
    world.kubernetes.clusters.set(clusterId, {
      ...world.kubernetes.cluster(await leftover(send)),
      uid,
      operationId: deployId(),
    });

    const first = await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    await workflows();
    const second = await send('deploy', { clusterId, data: { mode: 'session' } }, world);

    expect(first).toMatchObject({ code: 'not-ready' });
    expect(second).toMatchObject({ outcome: 'done' });
  });

  /** Any Deployment, to be dressed up. */
  const leftover = async (by: Send) => {
    await by('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    return 'other';
  };
});

describe('a plan', () => {
  const plan = (data: Readonly<Record<string, unknown>>) =>
    planDeploy('local', commands.deploy.data.parse(data), world.ports);

  it('has the objects, where each value came from, and what the target says', async () => {
    const planned = await plan({ ...application, clusterId, config: { 'kubernetes.jobmanager.cpus': '1' } });

    expect(planned).toMatchObject({
      clusterId,
      objects: [{ kind: 'Deployment' }, { kind: 'Service' }, { kind: 'Service' }, { kind: 'ConfigMap' }],
      config: {
        'kubernetes.service-account': { value: 'flink', from: 'target' },
        'pipeline.jars': { value: [jar], from: 'command' },
      },
      warnings: [expect.stringContaining('kubernetes.jobmanager.cpus')],
      dryRun: 'passed',
      errors: [],
    });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect(world.store.operations.size).toBe(0);
  });

  it('does not give a keytab back', async () => {
    const { objects } = await plan({
      mode: 'session',
      config: { 'security.kerberos.login.principal': 'flink' },
      kerberos: { keytab: { name: 'flink.keytab', base64: 'c2VjcmV0' } },
    });

    expect(objects).toContainEqual(expect.objectContaining({ kind: 'Secret', data: { 'flink.keytab': '******' } }));
    expect(JSON.stringify(objects)).not.toContain('c2VjcmV0');
  });

  it('tells what the target would refuse', async () => {
    world.kubernetes.createByHand(clusterId);

    expect(await plan({ mode: 'session', clusterId })).toMatchObject({
      dryRun: 'refused',
      errors: [{ pointer: '/clusterId' }],
    });
  });

  it('stands while the target does not answer', async () => {
    world.kubernetes.unreachable = true;

    expect(await plan({ mode: 'session', clusterId })).toMatchObject({ clusterId, dryRun: 'not-tried' });
  });

  it('is refused for the mistakes for which a deploy would be', async () => {
    const refused = plan({ mode: 'session', config: { 'rest.port': 'x' } });

    await expect(refused).rejects.toThrow(Fault);
  });
});

describe('the list of clusters', () => {
  it('may be that of one mode', async () => {
    const send = doors[0]?.[1] as Send;
    await send('deploy', { clusterId: 'one', data: { mode: 'session' } }, world);
    await send('deploy', { clusterId: 'two', data: application }, world);

    const { items } = await readClusters('local', { mode: 'application', limit: 10 }, world.ports);

    expect(items.map((found) => found.clusterId)).toEqual(['two']);
  });
});
