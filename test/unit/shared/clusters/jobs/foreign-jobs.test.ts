import { beforeEach, describe, expect, it } from 'vitest';

import type { JobState } from '#events/records/job.ts';
import type { CommandKind } from '#events/commands/index.ts';
import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getLastOperation,
  jar,
  listOperations,
  reconcile,
  runWorkflows,
  savepointDirectory,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { deploy, requestStop, restore } from '#test/unit/shared/clusters/restore/fixture.ts';

const victim = { target: 'team-b', clusterId: 'victim' };
const victimJar = 's3://bucket/uploads/team-b/1/job.jar';
const application = { mode: 'application', job: { jar: 'local:///opt/flink/job.jar' } };

beforeEach(() => {
  const local = world.targets.known.get('local');
  if (local !== undefined) world.targets.known.set(victim.target, local);
});

/** Gives a command and runs its workflows. Returns the id of its operation. */
const give = async (kind: CommandKind, sent: Parameters<typeof sendHttp>[1]): Promise<string> => {
  expect(await sendHttp(kind, sent, world)).toMatchObject({ outcome: 'done' });
  const { operationId = '' } = getLastOperation() ?? {};
  await runWorkflows();
  return operationId;
};

const giveToVictim = async (kind: CommandKind, data: Readonly<Record<string, unknown>> = {}) => {
  await give('deploy', { ...victim, data: session });
  return give(kind, { ...victim, data });
};

/** The operations that a program may name as its job. Each returns the id of the operation. */
const operations: Readonly<Record<string, () => Promise<string>>> = {
  'a submit in another target': () => giveToVictim('submit', { jar: victimJar }),
  'a submit to another cluster of the target': async () => {
    await give('deploy', { clusterId: 'other', data: session });
    return give('submit', { clusterId: 'other', data: { jar } });
  },
  'the deploy of an application in another target': () => give('deploy', { ...victim, data: application }),
  'the deploy of an application in the target': () => give('deploy', { clusterId: 'app', data: application }),
  'the deploy of a session in another target': () => give('deploy', { ...victim, data: session }),
  'the deploy of its own session': async () => (await getCluster())?.operationId ?? '',
  'a stop in another target': () => giveToVictim('stop'),
  'an extension in another target': () => giveToVictim('extend', { ttl: '1h' }),
  'a batch in another target': () =>
    give('batch', { target: 'team-b', data: { name: 'many', template: application, parameters: [{}] } }),
  'a submit to it that waits for another command': async () => {
    await sendHttp('submit', { clusterId, data: { jar, dependsOn: ['later'] } }, world);
    return getLastOperation()?.operationId ?? '';
  },
  'a submit to it that has not started': async () => {
    await sendHttp('submit', { clusterId, data: { jar } }, world);
    return getLastOperation()?.operationId ?? '';
  },
};

const readVictim = async (operationId: string) => ({
  operation: (await world.store.operation(operationId))?.value,
  verdict: await world.store.verdict(operationId),
  admitted: await world.store.admittedCommands(victim.target),
  admittedHere: await world.store.admittedCommands('local'),
});

describe('a job whose JobManager says that it is', () => {
  beforeEach(async () => {
    world.jars.stored.set(victimJar, jarBytes);
    await startSession(sendHttp);
  });

  it.each(Object.keys(operations))('%s does not change that operation', async (name) => {
    const operationId = (await operations[name]?.()) ?? '';
    const before = await readVictim(operationId);
    expect(before.operation).toBeDefined();

    for (const state of ['RUNNING', 'FINISHED'] as const) {
      getFlink().addJob(operationId, { state });
      await reconcile();
    }

    expect(await readVictim(operationId)).toEqual(before);
    const job = (await world.store.job(clusterRef, operationId))?.value;
    expect(job).toMatchObject({ state: 'FINISHED' });
    expect(job).not.toHaveProperty('operationId');
    expect(job).not.toHaveProperty('restoredFrom');
    expect(world.store.writtenTransitions.findLast(({ subject }) => subject === 'job')).toMatchObject({
      principal: 'drey:reconcile',
    });
  });

  it('a submit to an earlier incarnation does not change that operation', async () => {
    const submitId = await submitJob(sendHttp);
    // The cluster ended before Drey saw the job.
    world.store.jobRecords.clear();
    await give('stop', { clusterId });
    await startSession(sendHttp);
    const before = await readVictim(submitId);

    getFlink().addJob(submitId, { state: 'FINISHED' });
    await reconcile();

    expect(await readVictim(submitId)).toEqual(before);
    expect((await world.store.job(clusterRef, submitId))?.value).not.toHaveProperty('operationId');
  });

  it.each(['FINISHED', 'FAILED'] as const)('its own submit gets the verdict %s', async (state: JobState) => {
    const jobId = await submitJob(sendHttp);
    getFlink().setState(jobId, state, 'java.lang.Exception: the cause');
    await reconcile();

    expect(await world.store.verdict(jobId)).toMatchObject({ verdict: state });
  });
});

describe('an id of a job', () => {
  it.each(['', '..', 'a'.repeat(31), 'A'.repeat(32), `${'a'.repeat(32)}/x`, '__proto__', 'a\n'.repeat(16)])(
    'that is %j is ignored and logged',
    async (jobId) => {
      await startSession(sendHttp);
      const warnings: unknown[] = [];
      const log = { ...world.ports.log, warn: (message: string) => void warnings.push(message) };
      Object.assign(world.ports, { log });
      getFlink().addJob(jobId, { state: 'FAILED' });
      getFlink().addJob('b'.repeat(32));
      await reconcile();

      expect((await world.store.jobs(clusterRef)).map(({ value }) => value.jobId)).toEqual(['b'.repeat(32)]);
      expect(warnings).toContain('jobs without a valid ID ignored');
    },
  );
});

describe('the job of another submit, on a session of its own', () => {
  const secret = ['--password', 'hunter2'];
  const startOther = async () => {
    world.jars.stored.set(victimJar, jarBytes);
    const id = await giveToVictim('submit', { jar: victimJar, args: secret });
    await deploy();
    getFlink().addJob(id);
    await reconcile();
    return id;
  };

  it('does not renew the jar of that submit', async () => {
    await startOther();
    const { value, version } = await victimCluster();
    await world.store.commit({ cluster: { value: { ...value, state: 'STOPPED' }, previous: version } });

    await renewJars(world.ports);

    expect(world.jars.renewed).toEqual([]);
  });

  it('is not submitted again with the program of that submit', async () => {
    const id = await startOther();
    getFlink().savepoint = () => ({ location: `${savepointDirectory}/1` });
    await requestStop();
    await runWorkflows();

    const outcome = await deploy({ restore });

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'not-found' });
    expect(outcome.detail).toContain(`Job ${id} (a job) was not submitted through Drey`);
    expect(listOperations().filter(({ kind, target }) => kind === 'submit' && target === 'local')).toEqual([]);
  });

  const victimCluster = async () => {
    const found = await world.store.cluster(victim);
    if (found === undefined) throw new Error('no victim');
    return found;
  };
});
