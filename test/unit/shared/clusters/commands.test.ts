import { beforeEach, describe, expect, it } from 'vitest';

import { Fault } from '#events/problem.ts';
import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { resumeStalled } from '#shared/clusters/reconcile/resume-stalled.ts';
import { findOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { probe } from '#shared/clusters/workflows/startup.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { putTarget } from '#shared/clusters/queries/targets.ts';

import { doors, jarBytes, letIn, makeWorld, type Send, throughLooks, type World } from '../../../fakes/world.ts';

const clusterId = 'etl';
const clusterRef = { target: 'local', clusterId };
const session = { mode: 'session' };
const jar = 's3://bucket/uploads/local/1/job.jar';

let world: World;
beforeEach(() => {
  world = makeWorld();
  world.jars.held.set(jar, jarBytes);
});

const cluster = async () => (await world.store.cluster(clusterRef))?.value;
const states = () => world.store.written.map(({ subject, to }) => (subject === 'cluster' ? to : `job ${to}`));
const operations = () => [...world.store.operations.values()].map(({ value }) => value);
const lastOperation = () => operations().at(-1);
const workflows = () => world.workflows.runAll(world.ports);

/** A session that runs. */
const started = async (send: Send) => {
  await send('deploy', { clusterId, data: session }, world);
  await workflows();
};
/** A session with one running job; its id. */
const submitted = async (send: Send) => {
  await started(send);
  await send('submit', { clusterId, data: { jar } }, world);
  await workflows();
  return lastOperation()?.operationId ?? '';
};

describe.each(doors)('through %s, deploy', (_door, send) => {
  it('creates a cluster and follows it until it runs', async () => {
    await send('deploy', { clusterId, data: { ...session, labels: { team: 'etl' } } }, world);
    await workflows();

    expect(await cluster()).toMatchObject({
      state: 'RUNNING',
      namespace: 'flink',
      labels: { team: 'etl' },
      uid: world.kubernetes.cluster(clusterId).uid,
    });
    expect(states()).toEqual(['REQUESTED', 'DEPLOYING', 'RUNNING']);
    expect(lastOperation()).toMatchObject({ kind: 'deploy', state: 'SUCCEEDED' });
    expect(world.kubernetes.cluster(clusterId).operationId).toBe(lastOperation()?.operationId);
  });

  it('starts from the defaults of the target', async () => {
    await send('deploy', { clusterId, data: { ...session, config: { 'kubernetes.jobmanager.cpu.amount': 2 } } }, world);

    const pod = world.kubernetes.cluster(clusterId).manifests?.deployment.spec?.template.spec;
    expect(pod?.serviceAccountName).toBe('flink');
    expect(pod?.containers[0]?.resources?.requests?.['cpu']).toBe('2.0');
  });

  it('numbers transitions without holes', async () => {
    await submitted(send);
    await send('stop', { clusterId }, world);
    await workflows();

    expect(world.store.written.map(({ sequence }) => sequence)).toEqual(
      world.store.written.map((_, index) => index + 1),
    );
  });

  it.each([
    ['per-job mode', { mode: 'per-job' }, 'unsupported-mode', ['/mode']],
    [
      'a locked option',
      { ...session, config: { 'kubernetes.entry.path': '/bin/sh' } },
      'refused-option',
      ['/config/kubernetes.entry.path'],
    ],
    [
      'another namespace',
      { ...session, config: { 'kubernetes.namespace': 'other' } },
      'refused-option',
      ['/config/kubernetes.namespace'],
    ],
    [
      'an option that does not fit',
      { ...session, config: { 'taskmanager.numberOfTaskSlots': 'few' } },
      'refused-option',
      ['/config/taskmanager.numberOfTaskSlots'],
    ],
    ['no mode', {}, 'malformed-request', ['/mode']],
  ])('refuses %s and creates nothing', async (_what, data, code, pointers) => {
    expect(await send('deploy', { clusterId, data }, world)).toMatchObject({ outcome: 'rejected', code, pointers });
    expect(await cluster()).toBeUndefined();
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('refuses an unknown target', async () => {
    expect(await send('deploy', { target: 'nowhere', clusterId, data: session }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'not-found',
    });
  });

  it('has not failed when what was created could not be written down: the same command goes on', async () => {
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if (change.cluster?.value.state === 'DEPLOYING') throw new Fault('limit-reached', 'too many');
      return commit(change);
    };
    const first = await send('deploy', { clusterId, data: session, key: 'etl-1' }, world);
    world.store.commit = commit;

    await send('deploy', { clusterId, data: session, key: 'etl-1' }, world);
    await workflows();

    expect(first).toMatchObject({ outcome: 'returned' });
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    expect(operations()).toHaveLength(1);
  });

  it('refuses the id of a cluster that lives', async () => {
    await started(send);

    expect(await send('deploy', { clusterId, data: session }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'id-taken',
    });
  });

  it('never touches what somebody else created under its name', async () => {
    world.kubernetes.createByHand(clusterId);
    const { uid } = world.kubernetes.cluster(clusterId);

    const outcome = await send('deploy', { clusterId, data: session }, world);
    await workflows();

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'id-taken' });
    expect(world.kubernetes.cluster(clusterId).uid).toBe(uid);
    expect(await cluster()).toMatchObject({ state: 'FAILED', reason: 'id-taken' });
  });

  it('has one effect for the same key', async () => {
    await send('deploy', { clusterId, data: session, key: 'night-1' }, world);
    const again = await send('deploy', { clusterId, data: session, key: 'night-1' }, world);

    expect(again.outcome).toBe('done');
    expect(operations()).toHaveLength(1);
  });

  it('refuses a key that came with another command', async () => {
    await send('deploy', { clusterId, data: session, key: 'night-1' }, world);

    expect(
      await send('deploy', { clusterId, data: { ...session, labels: { a: 'b' } }, key: 'night-1' }, world),
    ).toMatchObject({ code: 'key-reused' });
  });

  it('ends in FAILED with the reason when the image cannot be pulled, and removes what it created', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: session }, world);
    world.kubernetes.cluster(clusterId).trouble = { reason: 'ImagePullBackOff', message: 'no such image' };
    await workflows();

    expect(await cluster()).toMatchObject({
      state: 'FAILED',
      reason: 'ImagePullBackOff',
      message: expect.stringContaining('no such image'),
    });
    expect(lastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'deployment-failed', reason: 'ImagePullBackOff' },
    });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('tells what it has reached, and when', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: session }, world);
    const [scheduled, pulling, started] = ['2026-11-24T01:10:01Z', '2026-11-24T01:10:02Z', '2026-11-24T01:10:09Z'];
    const { operationId } = lastOperation()!;
    const step = () => probe({ operationId }, world.ports);
    const reached = () => lastOperation()?.phases?.map(({ name, at }) => `${name} ${at}`);

    world.kubernetes.cluster(clusterId).reached = { scheduled, pulling };
    await step();
    const first = reached();
    Object.assign(world.kubernetes.cluster(clusterId), { ready: true, reached: { scheduled, pulling, started } });
    await workflows();

    expect(first).toEqual([`Scheduled ${scheduled}`, `Pulling ${pulling}`]);
    expect(reached()).toEqual([...first!, `Started ${started}`, expect.stringMatching(/^RestUp /)]);
    expect(lastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('has the last lines of the log in the verdict of a crash loop', async () => {
    await send('deploy', { clusterId, data: session }, world);
    Object.assign(world.kubernetes.cluster(clusterId), {
      restarts: 3,
      previousLog: 'Fatal error: no rights',
      trouble: { reason: 'CrashLoopBackOff', message: 'back-off' },
    });
    await workflows();

    expect(await cluster()).toMatchObject({
      state: 'FAILED',
      reason: 'CrashLoopBackOff',
      message: expect.stringContaining('Fatal error: no rights'),
    });
  });

  it('ends in FAILED at its deadline', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: session }, world);
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
  });

  it('waits for a target that does not answer for a while', async () => {
    await send('deploy', { clusterId, data: session }, world);
    for (let time = 0; time < 5; time += 1)
      world.kubernetes.failNext('observe', new Fault('target-unreachable', 'dark'));
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });
});

describe.each(doors)('through %s, submit', (_door, send) => {
  it('runs the program under the id of its operation, and records the job', async () => {
    const jobId = await submitted(send);

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING', operationId: jobId } });
    expect(world.kubernetes.cluster(clusterId).flink.jobs.has(jobId)).toBe(true);
    expect(lastOperation()).toMatchObject({ kind: 'submit', state: 'SUCCEEDED', jobId });
    expect(states().at(-1)).toBe('job RUNNING');
  });

  it('hands the program what it asked for', async () => {
    await started(send);
    const data = {
      jar,
      entryClass: 'a.Main',
      args: ['--x', '1'],
      parallelism: 3,
      restore: { path: 's3://b/sp', allowNonRestoredState: true },
      config: { 'pipeline.name': 'night' },
    };
    await send('submit', { clusterId, data }, world);
    await workflows();

    expect([...world.kubernetes.cluster(clusterId).flink.jobs.values()][0]?.options).toMatchObject({
      entryClass: 'a.Main',
      programArgsList: ['--x', '1'],
      parallelism: 3,
      savepointPath: 's3://b/sp',
      allowNonRestoredState: true,
      flinkConfiguration: { 'pipeline.name': 'night' },
    });
  });

  it("fails with the program's own exception, and leaves the session running", async () => {
    await started(send);
    world.kubernetes.cluster(clusterId).flink.program = () => ({
      thrown:
        'org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.\n\tat a.B(C.java:1)\nCaused by: org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: no input\n\tat a.B(C.java:1)\nCaused by: java.lang.IllegalArgumentException: no input\n\tat a.B(C.java:1)',
    });
    await send('submit', { clusterId, data: { jar } }, world);
    await workflows();

    expect(lastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'program-failed', detail: expect.stringContaining('IllegalArgumentException: no input') },
    });
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('waits while the session comes up, and starts when it is there', async () => {
    await send('deploy', { clusterId, data: session }, world);
    const outcome = await send('submit', { clusterId, data: { jar } }, world);
    await letIn(world);
    const before = lastOperation();
    await workflows();
    await world.ports.admissionQueue.send('local');
    await letIn(world);
    await workflows();

    expect(outcome).toMatchObject({ outcome: 'done' });
    expect(before).toMatchObject({ kind: 'submit', state: 'QUEUED' });
    expect(lastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('ends when the session that it waits for does not come up', async () => {
    await send('deploy', { clusterId, data: session }, world);
    await send('submit', { clusterId, data: { jar } }, world);
    await send('stop', { clusterId }, world);
    await world.ports.admissionQueue.send('local');
    await letIn(world);

    expect(operations().find(({ kind }) => kind === 'submit')).toMatchObject({
      state: 'FAILED',
      problem: { code: 'wrong-state' },
    });
    expect((await world.store.queue('local')).queued).toEqual([]);
  });

  it.each([
    ['no upload of this target', 's3://bucket/uploads/other/1/job.jar', undefined],
    ['no zip file', 's3://bucket/uploads/local/2/job.jar', new Uint8Array([1, 2, 3, 4])],
    [
      'larger than the target takes',
      's3://bucket/uploads/local/3/job.jar',
      new Uint8Array([...jarBytes, ...new Uint8Array(2_000)]),
    ],
  ])('refuses a jar that is %s', async (_what, bad, content) => {
    await started(send);
    if (content !== undefined) world.jars.held.set(bad, content);

    expect(await send('submit', { clusterId, data: { jar: bad } }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'jar-refused',
      pointers: ['/jar'],
    });
    expect(operations()).toHaveLength(1);
  });

  it('uploads again when the JobManager was started anew in between', async () => {
    await started(send);
    await send('submit', { clusterId, data: { jar } }, world);
    const { flink } = world.kubernetes.cluster(clusterId);
    let first = true;
    const answer = flink.answer.bind(flink);
    flink.answer = async (request) => {
      if (first && request.path.endsWith('/run')) {
        first = false;
        flink.forgetAll();
      }
      return answer(request);
    };
    await workflows();

    expect(lastOperation()).toMatchObject({ state: 'SUCCEEDED' });
    expect(flink.jobs.size).toBe(1);
  });
});

describe.each(doors)('through %s, cancel', (_door, send) => {
  it('ends the job and records it', async () => {
    const jobId = await submitted(send);

    const outcome = await send('cancel', { clusterId, jobId }, world);

    expect(outcome.outcome).toBe('done');
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'CANCELED' } });
    expect(states().at(-1)).toBe('job CANCELED');
  });

  it('refuses a job that has ended, and one that nobody knows', async () => {
    const jobId = await submitted(send);
    world.kubernetes.cluster(clusterId).flink.setState(jobId, 'FINISHED');

    expect(await send('cancel', { clusterId, jobId }, world)).toMatchObject({ code: 'wrong-state' });
    expect(await send('cancel', { clusterId, jobId: 'f'.repeat(32) }, world)).toMatchObject({ code: 'not-found' });
  });

  it('takes a job that somebody else submitted', async () => {
    await started(send);
    world.kubernetes.cluster(clusterId).flink.addJob('a'.repeat(32));

    expect(await send('cancel', { clusterId, jobId: 'A'.repeat(32) }, world)).toMatchObject({ outcome: 'done' });
  });

  it('keeps the failure of a cancellation that its deadline ended', async () => {
    const jobId = await submitted(send);
    const { sleep } = world.ports;
    let pauses = 0;
    const ports: Ports = {
      ...world.ports,
      sleep: async (ms) => {
        pauses += 1;
        if (pauses > 1) return sleep(ms);
        world.pass(120);
        await resumeStalled(lastOperation()?.operationId ?? '', world.ports);
      },
    };
    world.kubernetes.cluster(clusterId).flink.cancelsSlowly = true;

    await send('cancel', { clusterId, jobId }, { ...world, ports });

    expect(lastOperation()).toMatchObject({ kind: 'cancel', state: 'FAILED', problem: { code: 'deadline-exceeded' } });
  });
});

describe.each(doors)('through %s, stop', (_door, send) => {
  it('removes everything and records the end of the cluster and its jobs', async () => {
    const jobId = await submitted(send);

    await send('stop', { clusterId, data: { reason: 'enough' } }, world);
    await workflows();

    expect(world.kubernetes.clusters.size).toBe(0);
    expect(await cluster()).toMatchObject({ state: 'STOPPED', reason: 'enough' });
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'CANCELED' } });
    expect(states().slice(-3)).toEqual(['STOPPING', 'job CANCELED', 'STOPPED']);
  });

  it('waits until what lingers is gone', async () => {
    await started(send);
    world.kubernetes.lingers = true;
    await send('stop', { clusterId }, world);
    const remaining = world.kubernetes.remaining.bind(world.kubernetes);
    let reconcileQueue = 0;
    world.kubernetes.remaining = async (id) => {
      reconcileQueue += 1;
      if (reconcileQueue === 3) world.kubernetes.collect(id);
      return remaining(id);
    };
    await workflows();

    expect(reconcileQueue).toBeGreaterThanOrEqual(3);
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('takes a deploy over that is under way', async () => {
    await send('deploy', { clusterId, data: session }, world);
    await send('stop', { clusterId }, world);
    await workflows();

    expect(operations()[0]).toMatchObject({ kind: 'deploy', state: 'CANCELED', problem: { code: 'superseded' } });
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('joins a stop that is under way', async () => {
    await started(send);
    await send('stop', { clusterId }, world);

    expect(await send('stop', { clusterId }, world)).toMatchObject({ outcome: 'done' });
    expect(operations().filter(({ kind }) => kind === 'stop')).toHaveLength(1);
  });

  it('refuses a cluster that is stopped, and one that never was', async () => {
    await started(send);
    await send('stop', { clusterId }, world);
    await workflows();

    expect(await send('stop', { clusterId }, world)).toMatchObject({ code: 'wrong-state' });
    expect(await send('stop', { clusterId: 'nobody' }, world)).toMatchObject({ code: 'not-found' });
  });

  it.each(['keep', 'purge'])('treats high-availability data as asked: %s', async (ha) => {
    await submitted(send);
    world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));

    await send('stop', { clusterId, data: { ha } }, world);
    await workflows();

    expect(world.kubernetes.highAvailability.get(clusterId)?.size).toBe(ha === 'keep' ? 1 : 0);
    expect(states().at(-2)).toBe(ha === 'keep' ? 'job SUSPENDED' : 'job CANCELED');
  });

  it('takes a savepoint of each job first when it is asked to', async () => {
    const jobId = await submitted(send);
    await send(
      'stop',
      { clusterId, data: { savepoint: 'required', savepointDirectory: 's3://bucket/savepoints' } },
      world,
    );
    await workflows();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { state: 'FINISHED', savepoint: expect.stringContaining('s3://bucket/savepoints/') },
    });
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('leaves the cluster running when a required savepoint fails', async () => {
    await submitted(send);
    world.kubernetes.cluster(clusterId).flink.savepoint = () => ({ failure: 'java.io.IOException: disk full' });

    await send(
      'stop',
      { clusterId, data: { savepoint: 'required', savepointDirectory: 's3://bucket/savepoints' } },
      world,
    );
    await workflows();

    expect(await cluster()).toMatchObject({
      state: 'RUNNING',
      reason: 'SavepointFailed',
      message: expect.stringContaining('disk full'),
    });
    expect(lastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(world.kubernetes.clusters.size).toBe(1);
  });

  it('goes on without a best-effort savepoint', async () => {
    await submitted(send);

    await send('stop', { clusterId, data: { savepoint: 'best-effort' } }, world);
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it.each(['best-effort', 'required'])('waits for a Flink that does not answer at once (%s)', async (savepoint) => {
    const jobId = await submitted(send);
    await send('stop', { clusterId, data: { savepoint, savepointDirectory: 's3://bucket/savepoints' } }, world);
    const { flink } = world.kubernetes.cluster(clusterId);
    const answer = flink.answer.bind(flink);
    let requests = 0;
    flink.answer = async (request) => {
      requests += 1;
      flink.leaderless = requests === 1 || (requests > 4 && requests < 8);
      return answer(request);
    };

    await workflows();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { state: 'FINISHED', savepoint: expect.stringContaining('s3://bucket/savepoints/') },
    });
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('goes on without a best-effort savepoint when Flink has not answered for five minutes', async () => {
    await submitted(send);
    await send('stop', { clusterId, data: { savepoint: 'best-effort' } }, world);
    const begun = world.ports.now().getTime();
    world.kubernetes.cluster(clusterId).flink.leaderless = true;

    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.ports.now().getTime() - begun).toBeGreaterThan(5 * 60_000);
    expect(world.ports.now().getTime() - begun).toBeLessThan(8 * 60_000);
  });

  it('waits for a required savepoint until its deadline', async () => {
    await submitted(send);
    await send('stop', { clusterId, data: { savepoint: 'required' } }, world);
    const begun = world.ports.now().getTime();
    world.kubernetes.cluster(clusterId).flink.leaderless = true;

    await workflows();

    expect(await cluster()).toMatchObject({ state: 'RUNNING', reason: 'SavepointFailed' });
    expect(world.ports.now().getTime() - begun).toBeGreaterThan(30 * 60_000);
  });

  const savepointDirectory = 's3://bucket/savepoints';
  const flink = () => world.kubernetes.cluster(clusterId).flink;
  const other = 'b'.repeat(32);
  /** A session with two jobs; the id of the first. */
  const withTwo = async () => {
    const jobId = await submitted(send);
    flink().addJob(other, { name: 'other' });
    return jobId;
  };
  /** What happens when Flink is asked for its jobs for the so manieth time from now on. */
  const atLook = (count: number, happens: () => void) => {
    const answer = flink().answer.bind(flink());
    let reconcileQueue = 0;
    flink().answer = async (request) => {
      if (request.path === '/v1/jobs/overview' && (reconcileQueue += 1) === count) happens();
      return answer(request);
    };
  };

  it.each(['best-effort', 'required'])('asks for a savepoint when the tasks of the job run (%s)', async (savepoint) => {
    const jobId = await submitted(send);
    flink().setTasks(jobId, { total: 3, running: 1, initializing: 1, finished: 1 });
    await send('stop', { clusterId, data: { savepoint, savepointDirectory } }, world);
    atLook(5, () => flink().setTasks(jobId, { total: 3, running: 2, finished: 1 }));

    await workflows();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { state: 'FINISHED', finalSavepoint: expect.stringContaining(savepointDirectory) },
    });
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('says that it waits for tasks', async () => {
    const jobId = await submitted(send);
    flink().setTasks(jobId, { total: 0 });
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    const phases: (string | undefined)[] = [];
    atLook(3, () => {
      phases.push(lastOperation()?.phase);
      flink().setTasks(jobId, { total: 1, running: 1 });
    });

    await workflows();

    expect(phases).toEqual(['waiting for the tasks of all jobs to run, for the savepoints']);
  });

  it('does not wait for tasks any more when Flink was asked: its savepoint ends them', async () => {
    const jobId = await submitted(send);
    flink().savepoint = () => 'in-progress';
    const { requests } = flink();
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    atLook(2, () => flink().setTasks(jobId, { total: 2, running: 1, finished: 0 }));
    atLook(4, () => flink().complete(jobId, [...flink().savepoints.keys()][0] ?? '', 's3://bucket/late'));

    await workflows();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { finalSavepoint: 's3://bucket/late' } });
    expect(requests.filter(({ path }) => path.endsWith('/stop'))).toHaveLength(1);
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('does not wait for the tasks of a batch job, of which Flink takes no savepoint', async () => {
    const jobId = await submitted(send);
    flink().setTasks(jobId, { total: 2, running: 1, created: 1 }, { isBatch: true });
    await send('stop', { clusterId, data: { savepoint: 'best-effort', savepointDirectory } }, world);
    const begun = world.ports.now().getTime();

    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.ports.now().getTime() - begun).toBeLessThan(2 * 60_000);
  });

  it('goes on when a job ends that it waited for', async () => {
    const jobId = await submitted(send);
    flink().setState(jobId, 'FAILING');
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    atLook(3, () => flink().setState(jobId, 'FAILED', 'java.io.IOException: disk full'));

    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('ends no job of a required stop while the tasks of another one do not run', async () => {
    const jobId = await withTwo();
    flink().setState(other, 'RESTARTING');
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);

    await workflows();

    expect(await cluster()).toMatchObject({
      state: 'RUNNING',
      reason: 'SavepointFailed',
      message: `job other (${other}): not all of its tasks run`,
    });
    expect(flink().savepoints.size).toBe(0);
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING' } });
  });

  it('saves what it can when some tasks have not run for five minutes, where savepoints are not required', async () => {
    const jobId = await withTwo();
    flink().setState(other, 'RESTARTING');
    await send('stop', { clusterId, data: { savepoint: 'best-effort', savepointDirectory } }, world);
    const begun = world.ports.now().getTime();

    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { finalSavepoint: expect.stringContaining(savepointDirectory) },
    });
    expect(world.ports.now().getTime() - begun).toBeGreaterThan(5 * 60_000);
    expect(world.ports.now().getTime() - begun).toBeLessThan(8 * 60_000);
  });

  it('names the jobs that it has ended when a required savepoint of another one fails', async () => {
    const jobId = await withTwo();
    flink().savepoint = (id) => (id === jobId ? 'in-progress' : { failure: 'java.io.IOException: disk full' });
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    // It is taken when the other one has failed already.
    atLook(4, () => {
      const [trigger = ''] = [...flink().savepoints].find(([, savepoint]) => savepoint === 'in-progress') ?? [];
      flink().complete(jobId, trigger, 's3://bucket/one');
    });

    await workflows();

    expect(await cluster()).toMatchObject({ state: 'RUNNING', reason: 'SavepointFailed' });
    const detail = lastOperation()?.problem?.detail;
    expect(detail).toContain(`job other (${other}): IOException: disk full`);
    expect(detail).toMatch(new RegExp(String.raw`These jobs ended, .*\(${jobId}\) at s3://bucket/one`));
    expect((await cluster())?.message).toBe(detail);
  });

  it('names the jobs whose savepoints are not complete by the deadline, and not more than can be told', async () => {
    const jobId = await withTwo();
    for (let index = 10; index < 50; index += 1) flink().addJob(String(index).repeat(16), { name: `job-${index}` });
    flink().savepoint = (id) => (id === jobId ? { location: 's3://bucket/one' } : 'in-progress');

    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    await workflows();

    const detail = lastOperation()?.problem?.detail ?? '';
    expect(detail).toMatch(/^no savepoint by the deadline of job other /);
    expect(detail).toContain('and 21 more (drey describe): each ends when its own is complete. These jobs ended, each');
    expect(detail).toContain(`(${jobId}) at s3://bucket/one. `);
  });

  it('does not name jobs that had ended before', async () => {
    const jobId = await withTwo();
    flink().complete(jobId, 'a'.repeat(32), 's3://bucket/before');
    await dispatchReconcile(world.ports);
    flink().savepoint = () => ({ failure: 'java.io.IOException: disk full' });
    world.pass(1);

    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    await workflows();

    expect(lastOperation()?.problem?.detail).toBe(`job other (${other}): IOException: disk full`);
  });

  it('leaves a Deployment alone that somebody created anew under the name', async () => {
    await started(send);
    world.kubernetes.deleteByHand(clusterId);
    world.kubernetes.createByHand(clusterId);

    await send('stop', { clusterId }, world);
    await workflows();

    expect(world.kubernetes.clusters.size).toBe(1);
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });
});

describe('when nothing answers,', () => {
  it('a deploy through HTTP fails with the reason, and the id is free again', async () => {
    const [[, send] = ['', undefined]] = doors;
    world.kubernetes.unreachable = true;

    expect(await send?.('deploy', { clusterId, data: session }, world)).toMatchObject({
      outcome: 'returned',
      code: 'target-unreachable',
    });
    expect(await cluster()).toMatchObject({ state: 'FAILED', reason: 'target-unreachable' });
  });

  it('a command that comes twice at once is answered the same, whatever the second one sees', async () => {
    const [, send] = doors[0] as readonly [string, Send];
    await send('deploy', { clusterId, data: session, key: 'k-1' }, world);
    const idempotency = world.store.idempotency.bind(world.store);
    let reconcileQueue = 0;
    // The first one commits between this one's look for its key and its look for the cluster.
    world.store.idempotency = async (target, key) =>
      (reconcileQueue += 1) === 1 ? undefined : idempotency(target, key);

    const second = await send('deploy', { clusterId, data: session, key: 'k-1' }, world);

    expect(second).toMatchObject({ outcome: 'done' });
    expect(operations()).toHaveLength(1);
  });

  it('a delivery that fails does not undo what another one of the same command did', async () => {
    const [, send] = doors[0] as readonly [string, Send];
    const apply = world.kubernetes.apply.bind(world.kubernetes);
    world.kubernetes.apply = async (...words) => {
      world.kubernetes.apply = apply;
      await send('deploy', { clusterId, data: session, key: 'k-1' }, world);
      await workflows();
      throw new Fault('target-unreachable', `no answer for ${String(words.length)}`);
    };

    const first = await send('deploy', { clusterId, data: session, key: 'k-1' }, world);
    await world.workflows.run('cleanup', lastOperation()!.operationId, world.ports);

    expect(first).toMatchObject({ outcome: 'done' });
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    expect(world.kubernetes.clusters.size).toBe(1);
  });

  it('a deploy through the queue is finished by its next delivery', async () => {
    const send = doors[1]?.[1];
    world.kubernetes.unreachable = true;
    const first = await send?.('deploy', { clusterId, data: session, key: 'm-1' }, world);
    world.kubernetes.unreachable = false;

    const second = await send?.('deploy', { clusterId, data: session, key: 'm-1' }, world);
    await workflows();

    expect([first?.outcome, second?.outcome]).toEqual(['returned', 'done']);
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    expect(operations()).toHaveLength(1);
  });
});

describe('observation', () => {
  const send = doors[0]?.[1] as Send;
  const look = () => dispatchReconcile(world.ports);
  const lookOnly = (some: ReconcileRequest) => throughLooks(some, world.ports);
  const stored = async () => {
    const found = await world.store.cluster(clusterRef);
    return { cluster: found?.value, version: found?.version };
  };

  it('records what became of jobs', async () => {
    const jobId = await submitted(send);
    world.kubernetes
      .cluster(clusterId)
      .flink.setState(jobId, 'FAILED', 'java.lang.ArithmeticException: / by zero\n\tat a.B(C.java:1)');
    await look();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { state: 'FAILED', message: 'ArithmeticException: / by zero', operationId: jobId },
    });
    expect(world.store.written.at(-1)).toMatchObject({ subject: 'job', from: 'RUNNING', to: 'FAILED' });
  });

  it('records a cluster that was deleted by hand as STOPPED, with the reason', async () => {
    await submitted(send);
    world.kubernetes.deleteByHand(clusterId);
    await look();
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED', reason: 'DeploymentDeleted' });
    expect(states().slice(-3)).toEqual(['STOPPING', 'job CANCELED', 'STOPPED']);
  });

  it('changes no state while nothing answers', async () => {
    const jobId = await submitted(send);
    world.kubernetes.unreachable = true;
    await look();

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING' } });
  });

  it('does not take its own store for a JobManager that does not answer', async () => {
    const jobId = await submitted(send);
    world.kubernetes.cluster(clusterId).flink.setState(jobId, 'FINISHED');
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if ((change.jobs ?? []).length > 0) throw new Fault('limit-reached', 'too many');
      return commit(change);
    };

    await expect(observeJobs(clusterRef, world.ports)).rejects.toMatchObject({
      code: 'limit-reached',
    });

    expect((await cluster())?.conditions).not.toContainEqual(expect.objectContaining({ status: 'Unknown' }));
  });

  it('says that a JobManager does not answer, and ends nothing', async () => {
    const jobId = await submitted(send);
    world.kubernetes.cluster(clusterId).ready = false;
    await look();

    expect(await cluster()).toMatchObject({ state: 'RUNNING', conditions: [{ type: 'Reachable', status: 'Unknown' }] });
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING' } });
  });

  it.each([
    ['remove', 0],
    ['keep', 1],
  ])('of a failed deploy: it shall %s what there is of the cluster', async (onFailure, left) => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: { ...session, onFailure } }, world);
    world.kubernetes.cluster(clusterId).trouble = { reason: 'InvalidImageName', message: 'no such name' };
    await workflows();
    await look();
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'FAILED', reason: 'InvalidImageName' });
    expect(world.kubernetes.clusters.size).toBe(left);
    expect(await findOrphans('local', world.ports)).toEqual([]);

    await send('stop', { clusterId }, world);
    await workflows();

    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('ends a deploy that nobody carried on, at its deadline', async () => {
    world.kubernetes.unreachable = true;
    await doors[1]?.[1]('deploy', { clusterId, data: session }, world);
    world.kubernetes.unreachable = false;
    world.pass(3_600);
    await look();
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
  });

  it('starts the state machine of a stop whose process died before it did', async () => {
    await started(send);
    await send('stop', { clusterId }, world);
    world.workflows.started.length = 0;
    world.pass(180);
    await look();
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('carries a cancel on that nobody finished', async () => {
    const jobId = await submitted(send);
    world.kubernetes.cluster(clusterId).flink.leaderless = true;
    await send('cancel', { clusterId, jobId }, world);
    const { state: left } = lastOperation()!;
    world.kubernetes.cluster(clusterId).flink.leaderless = false;
    const id = lastOperation()!.operationId;
    const { value, version } = world.store.operations.get(id)!;
    world.store.operations.set(id, { value: { ...value, deadline: '2026-11-24T00:00:00.000Z' }, version });
    world.pass(180);
    await look();

    expect([left, lastOperation()?.state]).toEqual(['PENDING', 'SUCCEEDED']);
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'CANCELED' } });
  });

  it('stops a cluster again whose stop failed half-way', async () => {
    await started(send);
    world.kubernetes.failNext('remove', new Fault('target-refused', 'the role may not delete deployments'));
    await send('stop', { clusterId, data: { ha: 'purge' } }, world);
    await workflows();
    const failed = lastOperation();
    world.pass(600);
    await look();
    await workflows();

    expect(failed).toMatchObject({ kind: 'stop', state: 'FAILED', problem: { code: 'target-refused' } });
    expect(lastOperation()).toMatchObject({
      origin: 'reconciler',
      state: 'SUCCEEDED',
      request: { kind: 'stop', data: { ha: 'purge' } },
    });
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('removes what a deploy made that was over by then, and nothing of anybody else', async () => {
    await started(send);
    const left = world.kubernetes.cluster(clusterId);
    await send('stop', { clusterId }, world);
    await workflows();
    world.kubernetes.clusters.set(clusterId, left);
    world.kubernetes.createByHand('other');
    await look();

    expect([...world.kubernetes.clusters.keys()]).toEqual(['other']);
  });

  it.each([
    { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' },
    { reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu.' },
  ])('says that a pod of a session is in trouble, $reason, and when it no longer is', async (trouble) => {
    await started(send);
    world.kubernetes.cluster(clusterId).trouble = trouble;
    await look();
    const troubled = await cluster();
    world.pass(60);
    await look();
    const lasting = await cluster();
    world.kubernetes.cluster(clusterId).trouble = undefined;
    await look();

    const health = { type: 'Healthy', status: 'False', reason: trouble.reason };
    const reachable = { type: 'Reachable', status: 'True' };
    expect(troubled).toMatchObject({ state: 'RUNNING', conditions: [reachable, health] });
    expect(troubled?.conditions[1]?.message).toContain(trouble.message);
    expect(lasting).toEqual(troubled);
    expect((await cluster())?.conditions).toMatchObject([reachable, { type: 'Healthy', status: 'True' }]);
  });

  it('asks Kubernetes for all clusters of a target at once, and Flink once for each', async () => {
    for (const id of ['one', 'two', 'three']) await send('deploy', { clusterId: id, data: session }, world);
    await workflows();
    world.kubernetes.calls.length = 0;
    await look();

    expect(world.kubernetes.calls).toEqual(['deployments', 'pods', 'flink', 'flink', 'flink']);
  });

  it('reads each cluster and its jobs, and writes nothing, where nothing has changed', async () => {
    await submitted(send);
    await look();
    const { cluster: before, version } = await stored();
    await look();

    expect(await stored()).toEqual({ cluster: before, version });
  });

  it('hands many clusters on, each to one look', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `c${index}`);
    for (const id of ids) await send('deploy', { clusterId: id, data: session }, world);
    await workflows();
    world.kubernetes.deleteByHand('c7');
    await look();
    await workflows();

    const [first, ...parts] = world.reconcileQueue.handed;
    const looked = parts.flatMap(({ listedClusters = [] }) =>
      listedClusters.map((listedCluster) => listedCluster.clusterId),
    );
    expect(first).toEqual({ target: 'local' });
    expect(parts.map(({ listedClusters }) => listedClusters?.length)).toEqual([50, 50, 20]);
    expect(looked.toSorted()).toEqual(ids.toSorted());
    expect(await world.store.cluster({ target: 'local', clusterId: 'c7' })).toMatchObject({
      value: { state: 'STOPPED', reason: 'DeploymentDeleted' },
    });
  });

  it('looks at each target by itself', async () => {
    await putTarget(
      'second',
      {
        cluster: 'eks',
        region: 'eu-central-1',
        namespace: 'other',
        defaults: {},
        locked: [],
        limits: {},
        shares: {},
        maxQueued: 100,
        maxJarBytes: 1_000,
      },
      world.ports,
    );
    await look();

    expect(world.reconcileQueue.handed).toEqual([{ target: 'local' }, { target: 'second' }]);
  });

  it('believes no list that is older than the record', async () => {
    await started(send);
    await lookOnly({ target: 'local', listedClusters: [{ clusterId }] });

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    expect(world.kubernetes.calls).toContain('observe');
  });

  it('records more jobs than a transaction holds', async () => {
    await started(send);
    for (let job = 0; job < 130; job += 1)
      world.kubernetes.cluster(clusterId).flink.addJob(job.toString(16).padStart(32, '0'));
    await look();

    expect(await world.store.jobs(clusterRef)).toHaveLength(130);
  });
});

describe('the jobs of a cluster', () => {
  const send = doors[0]?.[1] as Send;
  const list = async () => (await observeJobs(clusterRef, world.ports)).jobs.map(({ jobId }) => jobId);

  it('are those of its present life', async () => {
    await submitted(send);
    await send('stop', { clusterId }, world);
    await workflows();

    const second = await submitted(send);

    expect(await list()).toEqual([second]);
  });

  it('are not forgotten by a look that began before they were recorded', async () => {
    await started(send);
    const { flink } = world.kubernetes.cluster(clusterId);
    const answer = flink.answer.bind(flink);
    flink.answer = async (request) => {
      const response = await answer(request);
      flink.answer = answer;
      if (request.path.endsWith('/overview')) {
        await send('submit', { clusterId, data: { jar } }, world);
        await workflows();
      }
      return response;
    };

    await list();

    expect([...world.store.jobRecords.values()].map(({ value }) => value.state)).toEqual(['RUNNING']);
  });
});

describe('a target', () => {
  const send = doors[0]?.[1] as Send;
  const clusterRef = {
    cluster: 'eks',
    region: 'eu-central-1',
    namespace: 'flink',
    defaults: {},
    limits: {},
    shares: {},
    maxQueued: 100,
    maxJarBytes: 1_000,
  };

  it('does not move while a cluster of it lives', async () => {
    await started(send);

    await expect(
      putTarget('local', { ...clusterRef, namespace: 'other', locked: [] }, world.ports),
    ).rejects.toMatchObject({
      code: 'wrong-state',
    });
    await expect(putTarget('local', { ...clusterRef, locked: ['x'] }, world.ports)).resolves.toMatchObject({
      locked: ['x'],
    });
  });

  it.each([
    ['kubernetes.secrets', 'kubernetes.secrets.mine', '/mnt'],
    ['kubernetes.container.image', 'kubernetes.container.image.ref', 'x'],
    ['kubernetes.jobmanager.*', 'kubernetes.jobmanager.cpu.amount', '2'],
  ])('that locks %s refuses %s', async (lock, option, value) => {
    await putTarget('local', { ...clusterRef, locked: [lock] }, world.ports);

    expect(await send('deploy', { clusterId, data: { ...session, config: { [option]: value } } }, world)).toMatchObject(
      { code: 'refused-option', pointers: [`/config/${option}`] },
    );
  });
});

describe('at its deadline', () => {
  const send = doors[0]?.[1] as Send;

  it('a submit that nobody carries on ends', async () => {
    await started(send);
    await send('submit', { clusterId, data: { jar } }, world);
    world.pass(3 * 3_600);
    await dispatchReconcile(world.ports);

    expect(lastOperation()).toMatchObject({ kind: 'submit', state: 'FAILED', problem: { code: 'deadline-exceeded' } });
  });

  it('a stop that was given up still records that the cluster is gone', async () => {
    await started(send);
    await send('stop', { clusterId }, world);
    world.pass(3 * 3_600);
    await dispatchReconcile(world.ports);
    await workflows();

    expect(lastOperation()).toMatchObject({ kind: 'stop', state: 'FAILED' });
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });
});

describe('a stop that fails', () => {
  it('says why', async () => {
    const send = doors[0]?.[1] as Send;
    await started(send);
    await send('stop', { clusterId }, world);
    world.kubernetes.failNext('observe', new Fault('target-refused', 'the role may not list deployments'));
    await workflows();

    expect(lastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'target-refused', detail: 'the role may not list deployments' },
    });
  });
});
