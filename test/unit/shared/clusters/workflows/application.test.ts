import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { readOperation } from '#shared/clusters/queue/read-operation.ts';
import { flatten } from '#shared/flink/config.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  listStates,
  reconcile,
  runWorkflows,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const programJar = 'local:///opt/flink/usrlib/job.jar';
const application = { mode: 'application', job: { jar: programJar, args: ['--n', '3'] } };
const highlyAvailable = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://ha/' };
const getDeployId = () => [...world.store.operations.values()][0]?.value.operationId ?? '';
const startApplication = async (send: Send, config: Readonly<Record<string, string>> = {}, rest: object = {}) => {
  await send('deploy', { clusterId, data: { ...application, config, ...rest } }, world);
  await runWorkflows();
};
/** The options of the cluster's config.yaml. */
const readConfig = () => {
  const { manifests } = world.kubernetes.cluster(clusterId);
  const configMap = manifests?.dependents.find(({ metadata }) => metadata?.name === `flink-config-${clusterId}`);
  const text = configMap !== undefined && 'data' in configMap ? configMap.data?.['config.yaml'] : '';
  return flatten(parse(text ?? '', { mapAsMap: true }));
};

/** The end of a log of Flink 1.20, whose threads no longer find their classes while the JobManager shuts down. */
const shutdownLog = `java.util.concurrent.CompletionException: org.apache.flink.client.deployment.application.ApplicationExecutionException: Could not execute application.
\tat java.base/java.util.concurrent.CompletableFuture.encodeThrowable(Unknown Source)
Caused by: org.apache.flink.client.deployment.application.ApplicationExecutionException: Could not execute application.
\t... 14 more
Caused by: org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: No enum constant SIDEWAYS
\tat org.apache.flink.client.program.PackagedProgram.callMainMethod(PackagedProgram.java:373)
Caused by: java.lang.IllegalArgumentException: No enum constant SIDEWAYS
\tat java.base/java.lang.Enum.valueOf(Unknown Source)
2026-11-28 22:11:42,616 INFO  org.apache.flink.runtime.blob.BlobServer [] - Stopped BLOB server at 0.0.0.0:6124
Exception in thread "flink-pekko-1" java.lang.NoClassDefFoundError: scala/collection/convert/Wrappers$MutableSetWrapper
\tat org.apache.pekko.actor.CoordinatedShutdown.run(CoordinatedShutdown.scala:600)
Caused by: java.lang.ClassNotFoundException: scala.collection.convert.Wrappers$MutableSetWrapper
\tat java.base/java.net.URLClassLoader.findClass(Unknown Source)
`;

describe.each(origins)('an application from %s', (_origin, send) => {
  it('runs once its program has a job', async () => {
    await startApplication(send);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', mode: 'application' });
    expect(await world.store.job(clusterRef, getDeployId())).toMatchObject({ value: { state: 'RUNNING' } });
    expect(readConfig()).toMatchObject({
      '$internal.application.program-args': ['--n', '3'],
      'execution.shutdown-on-application-finish': 'false',
      'pipeline.jars': [programJar],
    });
  });

  const [applicationOption, jobOption, failedJobOption] = [
    '$internal.application.id',
    '$internal.pipeline.job-id',
    'execution.submit-failed-job-on-application-error',
  ];
  it.each([
    ['2.3', {}, [applicationOption]],
    ['2.3', highlyAvailable, [applicationOption]],
    ['2.2', {}, [jobOption]],
    ['1.20', highlyAvailable, [failedJobOption, jobOption]],
  ])('of Flink %s is observed by options of its line: %j', async (flinkVersion, config, expected) => {
    await startApplication(send, config, { flinkVersion });

    const set = readConfig();
    const names = [applicationOption, failedJobOption, jobOption].filter((key) => Object.hasOwn(set, key));
    expect(names).toEqual(expected);
    expect(set[expected.at(-1) ?? '']).toBe(getDeployId());
  });

  it('stays DEPLOYING while its program has no job', async () => {
    world.kubernetes.applicationJob = undefined;
    await startApplication(send);

    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
  });

  it.each([
    ['FINISHED', 'JobFinished'],
    ['CANCELED', 'JobCanceled'],
  ] as const)('ends %s with its job, and is removed after the state is recorded', async (state, reason) => {
    await startApplication(send, highlyAvailable);
    world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));
    getFlink().setState(getDeployId(), state);
    const { requests } = getFlink();
    await reconcile();
    await runWorkflows();

    expect(listStates().slice(-3)).toEqual([`job ${state}`, 'STOPPING', state]);
    expect(await getCluster()).toMatchObject({ state, reason });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect([...(world.kubernetes.highAvailability.get(clusterId) ?? [])]).toEqual([]);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toContain('DELETE /v1/cluster');
  });

  it('ends FAILED with the root cause of its job', async () => {
    await startApplication(send);
    getFlink().setState(getDeployId(), 'FAILED', 'java.lang.ArithmeticException: / by zero\n\tat a.B(C.java:1)');
    await reconcile();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      state: 'FAILED',
      reason: 'JobFailed',
      message: 'ArithmeticException: / by zero',
    });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect(await readOperation({ target: 'local', operationId: getDeployId() }, world.ports)).toMatchObject({
      state: 'SUCCEEDED',
      verdict: 'FAILED',
      verdictMessage: 'ArithmeticException: / by zero',
    });
  });

  it('that is short may have ended at the first observation', async () => {
    world.kubernetes.applicationJob = 'FINISHED';
    await startApplication(send);
    await runWorkflows();

    expect(listStates()).toEqual(['REQUESTED', 'DEPLOYING', 'RUNNING', 'job FINISHED', 'STOPPING', 'FINISHED']);
  });

  it.each([
    [
      'IOException: no such bucket',
      'INFO begins\norg.apache.X: no\n\tat a.B(C.java:1)\nCaused by: java.io.IOException: no such bucket\n',
    ],
    ['IllegalArgumentException: No enum constant SIDEWAYS', shutdownLog],
  ])('whose main() throws fails at once with %s', async (cause, log) => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: application }, world);
    const own = world.kubernetes.cluster(clusterId);
    own.trouble = { reason: 'CrashLoopBackOff', message: 'back-off 10s', exitCode: 2 };
    own.restarts = 2;
    own.previousLog = log;
    await runWorkflows();

    const ended = await getCluster();
    expect(ended).toMatchObject({ state: 'FAILED', reason: 'CrashLoopBackOff' });
    expect(ended?.message).toBe(cause);
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('whose JobManager crashes repeatedly fails with its job', async () => {
    await startApplication(send);
    const own = world.kubernetes.cluster(clusterId);
    Object.assign(own, {
      ready: false,
      restarts: 3,
      trouble: { reason: 'CrashLoopBackOff', message: 'back-off 40s', exitCode: 2 },
      previousLog: 'java.lang.OutOfMemoryError: heap',
    });
    await reconcile();
    await runWorkflows();

    const ended = await getCluster();
    expect(ended).toMatchObject({ state: 'FAILED', reason: 'JobFailed' });
    expect(ended?.message).toMatch(/^OutOfMemoryError: heap/);
  });

  it('whose JobManager crashes before its job was observed fails, too', async () => {
    await startApplication(send);
    world.store.jobRecords.clear();
    const own = world.kubernetes.cluster(clusterId);
    Object.assign(own, {
      ready: false,
      restarts: 3,
      trouble: { reason: 'CrashLoopBackOff', message: 'back-off 40s', exitCode: 2 },
      previousLog: 'java.io.FileNotFoundException: no such savepoint',
    });
    await reconcile();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      state: 'FAILED',
      message: expect.stringContaining('FileNotFoundException: no such savepoint'),
    });
  });

  it('is not ended by a JobManager that does not answer', async () => {
    await startApplication(send);
    world.kubernetes.cluster(clusterId).ready = false;
    await reconcile();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('is STOPPED by a stop, and its job is CANCELED', async () => {
    await startApplication(send);
    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(listStates().slice(-3)).toEqual(['STOPPING', 'job CANCELED', 'STOPPED']);
  });

  it('cannot be stopped after its end', async () => {
    await startApplication(send);
    getFlink().setState(getDeployId(), 'FINISHED');
    await reconcile();
    await runWorkflows();

    expect(await send('stop', { clusterId }, world)).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
  });

  it('can be stopped while its end is in progress', async () => {
    await startApplication(send);
    getFlink().setState(getDeployId(), 'FINISHED');
    await reconcile();

    expect(await send('stop', { clusterId, data: { ha: 'keep' } }, world)).toMatchObject({ outcome: 'done' });
    await runWorkflows();
    expect(await getCluster()).toMatchObject({ state: 'FINISHED' });
  });

  it('ends when its job is canceled', async () => {
    await startApplication(send);
    const cancelled = await send('cancel', { clusterId, jobId: getDeployId() }, world);
    getFlink().setState(getDeployId(), 'CANCELED');
    await reconcile();
    await runWorkflows();

    expect(cancelled).toMatchObject({ outcome: 'done' });
    expect(await getCluster()).toMatchObject({ state: 'CANCELED' });
  });

  it('rejects a submit', async () => {
    await startApplication(send);
    const data = { jar: 's3://bucket/uploads/local/1/job.jar' };

    expect(await send('submit', { clusterId, data }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'wrong-state',
    });
  });

  it('can have the id of one that has ended', async () => {
    world.kubernetes.applicationJob = 'FINISHED';
    await startApplication(send);
    await runWorkflows();
    world.kubernetes.applicationJob = 'RUNNING';

    expect(await send('deploy', { clusterId, data: application }, world)).toMatchObject({ outcome: 'done' });
    await runWorkflows();
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it.each([
    ['no program', { mode: 'application' }, ['/job']],
    ['a jar without a scheme', { mode: 'application', job: { jar: './job.jar' } }, ['/job/jar']],
    ['a program for a session', { mode: 'session', job: { jar: programJar } }, ['/job']],
  ])('is rejected with %s, and nothing is created', async (_what, data, pointers) => {
    expect(await send('deploy', { clusterId, data }, world)).toMatchObject({ outcome: 'rejected', pointers });
    expect(await getCluster()).toBeUndefined();
  });
});
