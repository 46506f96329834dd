import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import type { Operation } from '#events/records/operation.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { drey, environment } from '../support/cli.ts';
import {
  call,
  clusterPath,
  deploy,
  freshId,
  kubectl,
  listJobs,
  listObjects,
  listStateChanges,
  listTransitions,
  readEvents,
  stop,
  system,
  until,
  untilDone,
  untilState,
} from '../support/system.ts';

const jar = exampleJar(settingsFrom());
const folder = mkdtempSync(join(tmpdir(), 'drey-acceptance-'));

interface TaskCounts {
  readonly total: number;
  readonly running: number;
}
/** Whether every task of every job runs, by Flink's overview. */
const allTasksRun = (overview: string) =>
  (JSON.parse(overview) as { jobs: { tasks: TaskCounts }[] }).jobs.every(
    ({ tasks }) => tasks.total > 0 && tasks.running === tasks.total,
  );

const cleanUp: string[] = [];
afterAll(async () => {
  const live = await Promise.all(
    cleanUp.map(async (clusterId) => ((await stop(clusterId)).status < 300 ? [clusterId] : [])),
  );
  await Promise.all(live.flat().map(async (clusterId) => untilState(clusterId, 'STOPPED')));
});

/** Drey gives the image a minute, so this deploy begins before the other tests. */
const deployWithoutImage = async () => {
  const clusterId = freshId('noimage');
  const { body } = await deploy({ mode: 'session', clusterId, image: 'nobody/has-this:1' });
  return { clusterId, body };
};
let withoutImage: ReturnType<typeof deployWithoutImage>;
beforeAll(() => {
  withoutImage = deployWithoutImage();
});

describe('the three commands', () => {
  const clusterId = freshId('seed');
  const id = `-Dkubernetes.cluster-id=${clusterId}`;
  let jobId = '';

  it('kubernetes-session starts a session', async () => {
    const { code, stdout } = await drey([
      'kubernetes-session',
      id,
      '-Dtaskmanager.memory.process.size=1g',
      '-Djobmanager.memory.process.size=1g',
    ]);

    expect(code).toBe(0);
    expect(stdout).toContain(`Create flink session cluster ${clusterId} successfully`);
    expect((await call('GET', clusterPath(clusterId))).body).toMatchObject({
      state: 'RUNNING',
      conditions: [{ status: 'True' }],
    });
  });

  it('run starts TopSpeedWindowing on it', async () => {
    const { code, stdout } = await drey(['run', '-d', '--target', 'kubernetes-session', id, jar]);

    expect(code).toBe(0);
    jobId = /Job has been submitted with JobID ([0-9a-f]{32})/.exec(stdout)?.[1] ?? '';
    expect(jobId).not.toBe('');
    await until(
      () => listJobs(clusterId),
      (list) => list.some((job) => job.jobId === jobId && job.state === 'RUNNING'),
    );
    // A job is RUNNING before its tasks run, because they need a TaskManager.
    await until(
      () =>
        kubectl(
          'get',
          'pod',
          '-n',
          system.namespace,
          '-l',
          `app=${clusterId},component=taskmanager`,
          '-o',
          'jsonpath={.items[*].status.containerStatuses[*].ready}',
        ),
      (ready) => ready === 'true',
    );
    await until(
      () =>
        kubectl(
          'get',
          '--raw',
          `/api/v1/namespaces/${system.namespace}/services/${clusterId}-rest:rest/proxy/v1/jobs/overview`,
        ),
      allTasksRun,
    );
    expect((await drey(['list', '-t', 'kubernetes-session', id])).stdout).toMatch(
      new RegExp(`: ${jobId} : .* \\(RUNNING\\)`),
    );
  });

  it('attaches to the running session, and quits without stopping it', async () => {
    const { code, stdout } = await drey(['kubernetes-session', id, '-Dexecution.attached=true'], 'help\nquit\n');

    expect(code).toBe(0);
    expect(stdout).toContain(`Retrieve flink cluster ${clusterId} successfully`);
    expect((await call('GET', clusterPath(clusterId))).body).toMatchObject({ state: 'RUNNING' });
  });

  it('cancel ends the job', async () => {
    const { code, stdout } = await drey(['cancel', jobId, id]);

    expect(code).toBe(0);
    expect(stdout).toContain(`Cancelled job ${jobId}.`);
    await until(
      () => listJobs(clusterId),
      (list) => list.some((job) => job.jobId === jobId && job.state === 'CANCELED'),
    );
    expect((await drey(['list', '-a', id])).stdout).toContain('(CANCELED)');
  });

  it('stop, piped in, leaves nothing', async () => {
    const { code } = await drey(['kubernetes-session', id, '-Dexecution.attached=true'], 'stop\n');

    expect(code).toBe(0);
    expect((await call('GET', clusterPath(clusterId))).body).toMatchObject({ state: 'STOPPED' });
    expect(await listObjects(clusterId)).toEqual([]);
  });

  it('publish every transition once and in order', async () => {
    const { body } = await call<{ transitions: { sequence: number; to: string }[] }>(
      'GET',
      `${clusterPath(clusterId)}/events?limit=500`,
    );
    const published = await until(
      async () => listStateChanges(clusterId),
      (list) => list.length >= body.transitions.length,
    );

    const { sequence: length } = (await call<Cluster>('GET', clusterPath(clusterId))).body;
    expect(body.transitions.map(({ sequence }) => sequence)).toEqual(Array.from({ length }, (_, index) => index + 1));
    expect(published.map(({ detail }) => detail['sequence'])).toEqual(body.transitions.map(({ sequence }) => sequence));
    const ofCluster = published
      .filter((event) => event['detail-type'] === 'Flink Cluster State Change')
      .map(({ detail }) => detail['to']);
    expect(ofCluster).toEqual(['REQUESTED', 'DEPLOYING', 'RUNNING', 'STOPPING', 'STOPPED']);
    const ofJob = published
      .filter((event) => event['detail-type'] === 'Flink Job State Change')
      .map(({ detail }) => detail['to']);
    expect(ofJob).toEqual(expect.arrayContaining(['RUNNING', 'CANCELED']));
    expect(ofJob.at(-1)).toBe('CANCELED');
  });
});

describe('a session', () => {
  const clusterId = freshId('busy');
  const id = `-Dkubernetes.cluster-id=${clusterId}`;
  cleanUp.push(clusterId);

  it('starts a job that was submitted during its start', async () => {
    await deploy({ mode: 'session', clusterId, config: { 'jobmanager.memory.process.size': '1g' } });

    const { code, stdout, stderr } = await drey(['run', '-d', '-t', 'kubernetes-session', id, jar]);

    expect({ code, stderr }).toMatchObject({ code: 0 });
    const jobId = /JobID ([0-9a-f]{32})/.exec(stdout)?.[1] ?? '';
    const submitted = await call<Operation>('GET', `/v1/targets/${system.target}/operations/${jobId}`);
    const running = (await listTransitions(clusterId)).find(({ to }) => to === 'RUNNING');
    expect(Date.parse(submitted.body.createdAt)).toBeLessThan(Date.parse(running?.at ?? ''));
    expect((await drey(['cancel', id, jobId])).code).toBe(0);
  });

  it('reports the exception of a main()', async () => {
    const { code, stderr } = await drey(['run', '-d', '-t', 'kubernetes-session', id, '-c', 'no.such.Main', jar]);

    expect(code).toBe(1);
    expect(stderr).toContain('no.such.Main');
    expect(stderr).not.toMatch(/\tat |\.java:\d/);
  });

  it('passes arguments and options to the program', async () => {
    const { code, stderr } = await drey([
      'run',
      '-d',
      '-t',
      'kubernetes-session',
      id,
      jar,
      '--input',
      '/no/such/file',
      '-p',
      '4',
    ]);

    // TopSpeedWindowing reads --input in the TaskManager: the job starts and fails there with the name of the file.
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const failed = await until(
      () => listJobs(clusterId),
      (list) => list.some(({ state }) => state === 'FAILED'),
    );
    expect(failed.find(({ state }) => state === 'FAILED')?.message).toContain('/no/such/file');
  });

  it('is recorded as STOPPED with the reason after kubectl deleted it', async () => {
    await kubectl('delete', `deployment/${clusterId}`, '-n', system.namespace);

    expect(await untilState(clusterId, 'STOPPED')).toMatchObject({ reason: 'DeploymentDeleted' });
    expect(await listObjects(clusterId)).toEqual([]);
  });
});

describe('a session that cannot start', () => {
  it('is FAILED with the reason of Kubernetes, and is removed', async () => {
    const { clusterId, body } = await withoutImage;

    const operation = await untilDone(body.operation.operationId);

    expect(operation).toMatchObject({ state: 'FAILED', problem: { code: 'deployment-failed' } });
    expect(operation.problem?.reason).toMatch(/^(ImagePullBackOff|ErrImagePull|ErrImageNeverPull)$/);
    expect((await call<Cluster>('GET', clusterPath(clusterId))).body.state).toBe('FAILED');
    await until(
      () => listObjects(clusterId),
      (names) => names.length === 0,
    );
  });
});

describe('invalid input to the command line', () => {
  const text = join(folder, 'text.jar');
  writeFileSync(text, 'not a zip file');
  const session = ['-t', 'kubernetes-session', '-Dkubernetes.cluster-id=nobody'];
  /** A target of its own, of which no other test publishes events. */
  const target = freshId('bad');
  beforeAll(async () => {
    const clusterRef = { cluster: system.eksCluster, region: system.region, namespace: target };
    await call('PUT', `/v1/targets/${target}`, clusterRef);
  });

  it.each([
    ['a bad cluster id', ['kubernetes-session', '-Dkubernetes.cluster-id=Bad_Name'], /-Dkubernetes\.cluster-id/],
    ['a long cluster id', ['kubernetes-session', `-Dkubernetes.cluster-id=${'a'.repeat(46)}`], /45 characters/],
    ['an unknown target', ['kubernetes-session', '--at', 'nowhere', '-Dkubernetes.cluster-id=x'], /nowhere/],
    ['an unknown session', ['run', '-d', ...session, jar], /nobody/],
    ['a file that is no jar', ['run', '-d', ...session, text], /not a jar/i],
    ['a jar that is not there', ['run', '-d', ...session, join(folder, 'none.jar')], /does not exist/],
    ['per-job mode', ['run', '-t', 'kubernetes-per-job', jar], /Per-Job Mode not supported/],
    [
      'an option that does not fit',
      ['kubernetes-session', '-Dkubernetes.cluster-id=x', '-Dkubernetes.jobmanager.cpu.amount=many'],
      /-Dkubernetes\.jobmanager\.cpu\.amount/,
    ],
  ])('%s: names the field, exits with 1 and creates nothing', async (_what, args, message) => {
    const { code, stdout, stderr } = await drey(args, '', { DREY_TARGET: target });

    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(message);
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
    expect(readEvents().filter(({ detail }) => detail['target'] === target)).toEqual([]);
    expect((await call('GET', `/v1/targets/${target}/clusters`)).body).toMatchObject({ clusters: [] });
  });

  it('stop of an unknown session reports it and creates nothing', async () => {
    const { code, stdout, stderr } = await drey(
      ['kubernetes-session', '-Dkubernetes.cluster-id=nobody', '-Dexecution.attached=true'],
      'stop\n',
    );

    expect(code).toBe(1);
    expect(stdout + stderr).toContain('nobody');
    expect((await call('GET', clusterPath('nobody'))).status).toBe(404);
  });
});

const execute = promisify(execFile);

describe('npx drey', () => {
  it('works in a checkout', async () => {
    const { stdout } = await execute('npx', ['--no', 'drey', 'targets'], {
      cwd: new URL('../..', import.meta.url).pathname,
      env: environment,
    });

    expect(stdout).toContain(system.target);
  });
});
