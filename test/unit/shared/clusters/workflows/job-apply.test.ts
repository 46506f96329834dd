import { describe, expect, it } from 'vitest';

import { UnchangedCluster } from '#shared/clusters/commands/rollouts/unchanged.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  jar,
  limitTarget,
  listOperations,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  rollout,
  given,
  apply,
  getApply,
  getJob,
  listLive,
  pathOf,
  runAll,
  listRolloutEvents,
} from './job-apply-fixture.ts';

describe.each(origins)('an apply of a job from %s', (_origin, send) => {
  it('starts the new program from the savepoint that the old job has ended with', async () => {
    const old = await submitJob(send);

    expect(await apply(old, given(), send)).toMatchObject({ outcome: 'done' });
    await runAll();

    const operation = getApply();
    const to = operation?.rollout?.job?.to ?? '';
    expect(operation).toMatchObject({
      state: 'SUCCEEDED',
      jobId: old,
      rollout: { job: { from: old, to }, snapshot: { kind: 'savepoint', path: pathOf(old) }, stateBytes: 4096 },
    });
    expect(listLive()).toEqual([to]);
    expect(getFlink().jobs.get(to)?.options).toMatchObject({
      programArgsList: ['--new'],
      savepointPath: pathOf(old),
      claimMode: 'NO_CLAIM',
    });
    expect(await getJob(old)).toMatchObject({ state: 'FINISHED', finalSavepoint: pathOf(old), replacedBy: to });
    expect((await getJob(old))?.stoppedWithCluster).toBeUndefined();
    expect(await getJob(to)).toMatchObject({
      state: 'RUNNING',
      restoredFrom: pathOf(old),
      applyOperationId: operation?.operationId,
    });
  });

  it('does once what is sent twice', async () => {
    const old = await submitJob(send);

    await apply(old, given(), send, 'key-1');
    await apply(old, given(), send, 'key-1');
    await runAll();
    await apply(old, given(), send, 'key-1');

    expect(listOperations().filter(({ kind }) => kind === 'apply-job')).toHaveLength(1);
    expect(listLive()).toHaveLength(1);
  });

  it('does nothing for the program and options that the job has', async () => {
    const old = await submitJob(send);
    const count = listOperations().length;

    expect(await apply(old, { jar, rollout }, send)).toMatchObject({ outcome: 'done' });

    expect(listOperations()).toHaveLength(count);
    expect(await getJob(old)).not.toHaveProperty('applyOperationId');
    const cluster = await getCluster();
    if (cluster === undefined) throw new Error('no cluster');
    expect(new UnchangedCluster('apply-job', cluster, old).message).toBe(
      `Job ${old} in target local runs the same spec already.`,
    );
  });

  it.each([
    ['does nothing for another upload of the same jar', jarBytes, 'done', 0],
    ['replaces the job for another jar', new Uint8Array([...jarBytes, 4]), 'done', 1],
  ])('%s', async (_what, content, outcome, applies) => {
    const old = await submitJob(send);
    const upload = 's3://bucket/uploads/local/2/a.jar';
    world.jars.stored.set(upload, content);

    expect(await apply(old, { jar: upload, rollout }, send)).toMatchObject({ outcome });

    expect(listOperations().filter(({ kind }) => kind === 'apply-job')).toHaveLength(applies);
  });

  it.each([
    ['an unknown jar', given({}, { jar: 's3://bucket/uploads/local/2/no.jar' }), 'jar-refused'],
    ['no program', { rollout }, 'malformed-request'],
    ['a savepoint without a directory', { jar, args: ['--new'] }, 'malformed-request'],
    ['too long a watch', given({ stableWithin: '2d' }), 'malformed-request'],
    ['a reserved option', given({}, { config: { '$internal.deployment.config-dir': '/tmp' } }), 'refused-option'],
  ])('is refused with %s', async (_what, data, code) => {
    const old = await submitJob(send);

    expect(await apply(old, data, send)).toMatchObject({ outcome: 'rejected', code });
    expect(getApply()).toBeUndefined();
  });

  it('is refused for a job that Drey did not submit, and for an unknown one', async () => {
    await startSession(send);
    const foreign = 'f'.repeat(32);
    getFlink().addJob(foreign);
    // It observes the jobs of the session.
    await send('checkpoint', { clusterId, jobId: foreign }, world);

    expect(await apply(foreign, given(), send)).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
    expect(await apply('0'.repeat(32), given(), send)).toMatchObject({ outcome: 'rejected', code: 'not-found' });
  });

  it('refuses what can never fit into the target', async () => {
    const old = await submitJob(send);
    limitTarget({ limits: { cpu: 4 } });

    expect(await apply(old, given({}, { parallelism: 9 }), send)).toMatchObject({ code: 'over-limit' });
  });
});

describe('an apply of a job', () => {
  it('tells its phases in events and in its operation', async () => {
    await apply(await submitJob(sendHttp));
    await runAll();

    expect(listRolloutEvents()).toEqual([
      'IN_PROGRESS Checking',
      'IN_PROGRESS Snapshotting',
      'IN_PROGRESS Starting',
      'IN_PROGRESS Verifying',
      'SUCCEEDED Verifying',
    ]);
  });

  it('keeps the arguments of the new program out of the table, and removes its own copy at the end', async () => {
    await apply(await submitJob(sendHttp), given({}, { args: ['--password=s3cret'] }));
    const { operationId = '' } = getApply() ?? {};

    expect(JSON.stringify(listOperations())).not.toContain('s3cret');
    expect(await world.ports.payloads.read(operationId)).toMatchObject({ args: ['--password=s3cret'] });
    await runAll();
    expect(await world.ports.payloads.read(operationId)).toBeUndefined();
  });

  it('leaves the old job running when its savepoint fails', async () => {
    const old = await submitJob(sendHttp);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: no space' });

    await apply(old);
    await runAll();

    expect(getApply()).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(await getJob(old)).toMatchObject({ state: 'RUNNING' });
    expect(listLive()).toEqual([old]);
  });

  it('cancels the old job and starts from where the caller says, when the state is dropped', async () => {
    const old = await submitJob(sendHttp);

    await apply(old, given({ state: 'none' }, { restore: { path: 's3://bucket/other' } }));
    await runAll();

    const to = getApply()?.rollout?.job?.to ?? '';
    expect(getApply()).toMatchObject({ state: 'SUCCEEDED' });
    expect(await getJob(old)).toMatchObject({ state: 'CANCELED' });
    expect(getFlink().jobs.get(to)?.options.savepointPath).toBe('s3://bucket/other');
  });
});
