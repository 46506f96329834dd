import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import type { Plan } from '#events/http/plans.ts';
import type { Logs } from '#cli/api/responses.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { enableS3, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import {
  call,
  clusterPath,
  freshId,
  kubectl,
  listJobs,
  listObjects,
  listStateChanges,
  small,
  stop,
  system,
  until,
  untilDone,
  untilJobRuns,
  untilState,
} from '../support/system.ts';

const jar = exampleJar(settingsFrom());

const deployApplication = (clusterId: string, job: object, config: object = {}) =>
  call<{ operation: { operationId: string } }>('POST', `/v1/targets/${system.target}/clusters`, {
    mode: 'application',
    clusterId,
    job,
    config: { ...small, ...config },
  });

/** The log of a cluster that has ended. */
const readKeptLog = async (clusterId: string, query = '') =>
  (await call<Logs>('GET', `${clusterPath(clusterId)}/logs${query}`)).body;

const clusterOf = async (clusterId: string) => (await call<Cluster>('GET', clusterPath(clusterId))).body;
const changesOf = (clusterId: string) =>
  listStateChanges(clusterId).map(({ detail: { subject, to } }) => (subject === 'job' ? `job ${String(to)}` : to));

/** Events are published after the record is written. */
const ended = async (clusterId: string, last: readonly string[]) => {
  const changes = await until(
    async () => changesOf(clusterId),
    (list) => list.at(-1) === last.at(-1),
  );
  expect(changes.slice(-last.length)).toEqual(last);
};

describe.concurrent('an application cluster', () => {
  it('runs the jar in its image, and is CANCELED and removed when its job is canceled', async () => {
    const clusterId = freshId('app');
    const { body } = await deployApplication(clusterId, {
      jar: 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar',
    });
    await untilState(clusterId, 'RUNNING');
    const job = await untilJobRuns(clusterId);

    const cancelled = await call('POST', `${clusterPath(clusterId)}/jobs/${job?.jobId ?? ''}/cancel`, {});
    expect(cancelled.status).toBeLessThan(300);
    await untilState(clusterId, 'CANCELED');

    expect(job).toMatchObject({ jobId: body.operation.operationId, state: 'RUNNING' });
    expect(await listObjects(clusterId)).toEqual([]);
    await ended(clusterId, ['job CANCELED', 'STOPPING', 'CANCELED']);
  });

  it('is FINISHED when its program ends, with its verdict in the store and on the bus', async () => {
    const clusterId = freshId('finite');
    await deployApplication(clusterId, { jar: 'local:///opt/flink/examples/streaming/WordCount.jar' });
    await untilState(clusterId, 'FINISHED');

    expect(await clusterOf(clusterId)).toMatchObject({ mode: 'application', reason: 'JobFinished' });
    expect(await listJobs(clusterId)).toMatchObject([{ state: 'FINISHED' }]);
    expect(await listObjects(clusterId)).toEqual([]);
    await ended(clusterId, ['job FINISHED', 'STOPPING', 'FINISHED']);
    const [jobManager, taskManager, jobs] = await Promise.all(
      ['', '?component=taskmanager&grep=(nymph', '?file=jobs'].map((query) => readKeptLog(clusterId, query)),
    );
    expect(jobManager).toMatchObject({
      source: 'kept',
      log: expect.stringContaining('switched from state RUNNING to'),
    });
    expect(taskManager).toMatchObject({ source: 'kept', log: expect.stringContaining('(nymph,1)') });
    expect(jobs).toMatchObject({ source: 'kept', log: expect.stringContaining('FINISHED') });
  });

  it('is FAILED with the cause when its main() throws', async () => {
    const clusterId = freshId('throws');
    const { body } = await deployApplication(clusterId, {
      jar: 'local:///opt/flink/examples/streaming/WordCount.jar',
      args: ['--execution-mode', 'sideways'],
    });
    await untilDone(body.operation.operationId);

    const ended = await clusterOf(clusterId);
    expect(ended).toMatchObject({ state: 'FAILED', reason: 'CrashLoopBackOff' });
    expect(ended.message?.split('\n')[0]).toMatch(/sideways/i);
    await until(
      () => listObjects(clusterId),
      (objects) => objects.length === 0,
    );
    expect(await readKeptLog(clusterId)).toMatchObject({ source: 'kept', log: expect.stringMatching(/sideways/i) });
  });
});

describe('a session with high availability', () => {
  const { url } = useBucket();

  it('survives the kill of its JobManager with its job', async () => {
    const clusterId = freshId('ha');
    const selector = `app=${clusterId},component=jobmanager`;
    const podOf = () =>
      kubectl('get', 'pod', '-n', system.namespace, '-l', selector, '-o', 'jsonpath={.items[*].metadata.uid}');
    await call('POST', `/v1/targets/${system.target}/clusters`, {
      mode: 'session',
      clusterId,
      config: {
        ...small,
        ...enableS3(),
        'high-availability.type': 'kubernetes',
        'high-availability.storageDir': url,
      },
    });
    await untilState(clusterId, 'RUNNING');
    const { stdout } = await drey(['run', '-d', `-Dkubernetes.cluster-id=${clusterId}`, jar]);
    const jobId = /JobID ([0-9a-f]{32})/.exec(stdout)?.[1] ?? '';
    const before = await podOf();

    await kubectl('delete', 'pod', '-n', system.namespace, '-l', selector, '--grace-period=0', '--force');
    await until(podOf, (uid) => uid !== '' && uid !== before);
    // The records may be older than the kill, so the test asks Flink.
    const overview = `/api/v1/namespaces/${system.namespace}/services/${clusterId}-rest:rest/proxy/v1/jobs/${jobId}`;
    await until(
      async () => {
        try {
          return await kubectl('get', '--raw', overview);
        } catch {
          return ''; // no JobManager leads yet
        }
      },
      (text) => text.includes('"state":"RUNNING"'),
    );

    expect(await untilJobRuns(clusterId)).toMatchObject({ jobId });
    expect(await clusterOf(clusterId)).toMatchObject({ state: 'RUNNING' });
    await stop(clusterId, { ha: 'purge' });
    await untilState(clusterId, 'STOPPED');
    expect(await listObjects(clusterId)).toEqual([]);
  });
});

describe('a plan', () => {
  it('has the objects of a deploy, and the response of the API server', async () => {
    const clusterId = freshId('plan');
    const path = `/v1/targets/${system.target}/plans`;
    const body = { mode: 'session', clusterId, config: small };

    const good = await call<Plan>('POST', path, body);
    const bad = await call<Plan>('POST', path, {
      ...body,
      podTemplates: { jobmanager: { spec: { containers: [{ name: 'Not_A_Name', image: 'flink:2.2' }] } } },
    });

    expect(good.body).toMatchObject({ dryRun: 'passed', errors: [], objects: { length: 4 } });
    expect(bad.body).toMatchObject({ dryRun: 'refused' });
    expect(JSON.stringify(bad.body.errors)).toContain('Not_A_Name');
    expect(await listObjects(clusterId)).toEqual([]);
  });
});
