import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';

import { marshalling } from '#shared/aws/services/dynamodb.ts';
import { toWrites } from '#shared/aws/table/writes.ts';
import { deliverAdmissions } from '#test/fakes/lambda.ts';
import { sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getState, limitTarget, listOperations, session, world } from '#test/unit/shared/clusters/fixture.ts';

const enqueue = (clusterId: string, data: object = {}) =>
  sendHttp('deploy', { clusterId, data: { ...session, ...data } }, world);
const enqueueMany = async (count: number, data: object) => {
  for (let index = 0; index < count; index += 1) await enqueue(`a${index}`, data);
};
const pass = () => deliverAdmissions(['local'], world.ports);

describe('a team whose name has the separator of ready keys', () => {
  // Each team may have two clusters. The team of the others is at its share, the other one has nothing.
  const shares = { '*': { weight: 1, clusters: 2 } };

  it.each([
    ['etl#1000', 'etl'],
    ['#1000', ''],
    ['etl%', 'etl'],
  ])('%j does not hide the commands of %j', async (team, other) => {
    limitTarget({ limits: { clusters: 100 }, shares });
    await enqueueMany(27, { labels: { team } });
    await pass();

    await enqueue('other', { labels: { team: other } });
    await pass();

    expect(await getState('other')).toBe('REQUESTED');
  });

  it('gets no more than its turn of a target that was full', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await enqueue('first');
    await pass();
    await enqueue('other');
    await enqueueMany(40, { labels: { team: '#1000' } });
    limitTarget({ limits: { clusters: 10 } });
    await pass();

    const states = await Promise.all(Array.from({ length: 40 }, (_, index) => getState(`a${index}`)));
    expect(await getState('other')).toBe('REQUESTED');
    expect(states.filter((state) => state === 'REQUESTED')).toHaveLength(8);
  });
});

describe('the largest demand that options can give', () => {
  const config = {
    'kubernetes.taskmanager.cpu.amount': '100000000',
    'slotmanager.redundant-taskmanager-num': '2147483647',
  };

  /** The store in memory takes all numbers, and the adapter of DynamoDB no larger ones than 2^53. */
  const refuseLargeNumbers = () => {
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      for (const write of toWrites(change, { table: 'table', now: world.ports.now }))
        marshall(Object.values(write)[0] as never, marshalling);
      await commit(change);
    };
  };

  it.each([0, 1_000])('with priority %i does not make the passes of its target fail', async (priority) => {
    refuseLargeNumbers();
    limitTarget({ limits: { clusters: 40 } });
    await enqueue('first');
    await enqueue('huge', { config, priority });
    await pass();
    await enqueue('other');
    await pass();

    expect(await Promise.all(['first', 'huge', 'other'].map(getState))).toEqual(Array(3).fill('REQUESTED'));
  });
});

describe('requests that fail after a command was recorded', () => {
  it('do not fail the command, because the pass of the next minute decides about it', async () => {
    limitTarget({ limits: { clusters: 3 } });
    world.admissionQueue.send = () => Promise.reject(new Error('SQS does not answer'));

    expect(await enqueue('one')).toMatchObject({ outcome: 'done' });
    expect(await getState('one')).toBe('QUEUED');
  });

  it('leave the other commands of the same transaction alone', async () => {
    limitTarget({ limits: { clusters: 3 } });
    await enqueueMany(3, {});
    const sendResume = world.commandQueue.sendResume.bind(world.commandQueue);
    let attempts = 0;
    world.commandQueue.sendResume = async (operation) => {
      attempts += 1;
      if (attempts === 1) throw new Error('SQS does not answer');
      await sendResume(operation);
    };
    await pass();

    expect(attempts).toBe(3);
    expect(world.commandQueue.sent).toHaveLength(2);
  });
});

describe('commands that wait for what never comes', () => {
  it('do not keep those of others from an empty target, although they fill the queue', async () => {
    limitTarget({ limits: { clusters: 40 }, maxQueued: 10 });
    await enqueueMany(10, { labels: { team: 'a' }, dependsOn: ['never'] });
    await pass();

    const outcome = await enqueue('other', { labels: { team: 'b' } });
    await pass();

    expect([outcome, await getState('other')]).toMatchObject([{ outcome: 'done' }, 'REQUESTED']);
    expect(await enqueue('late', { dependsOn: ['never'] })).toMatchObject({ code: 'limit-reached' });
  });

  it.each<[what: string, nameOf: (command: number, index: number) => string, most: number]>([
    ['once for all commands', (_command, index) => `never-${index}`, 2 * 50],
    ['in part, if there are very many', (command, index) => `never-${command}-${index}`, 2 * 1_100],
  ])('are read %s', async (_what, nameOf, most) => {
    limitTarget({ limits: { clusters: 1_000 } });
    for (let command = 0; command < 100; command += 1) {
      const dependsOn = Array.from({ length: 50 }, (_, index) => nameOf(command, index));
      await enqueue(`a${command}`, { dependsOn });
    }
    let reads = 0;
    for (const name of ['idempotency', 'refusal'] as const) {
      const read = world.store[name].bind(world.store) as (...args: unknown[]) => Promise<never>;
      world.store[name] = (...args: unknown[]) => {
        reads += 1;
        return read(...args);
      };
    }

    await pass();

    expect(reads).toBeLessThanOrEqual(most);
  });

  it('have their turn in later passes, if there are very many', async () => {
    limitTarget({ limits: { clusters: 1_000 } });
    for (let command = 0; command < 60; command += 1) {
      const others = Array.from({ length: 49 }, (_, index) => `never-${command}-${index}`);
      await enqueue(`a${command}`, { dependsOn: ['failed', ...others] });
    }
    await world.store.commit({
      refusal: {
        target: 'local',
        key: 'failed',
        code: 'malformed-request',
        expiresAt: new Date('2027-01-01T00:00:00Z'),
      },
    });

    for (let round = 0; round < 30; round += 1) await pass();

    expect(new Set(listOperations().map(({ state }) => state))).toEqual(new Set(['FAILED']));
  });
});

describe.each(Object.entries({ sendHttp, sendMessage }))(
  'a command that is sent again after its deadline (%s)',
  (_name, send) => {
    it.each([{}, { clusters: 3 }])(
      'continues its operation, which started in time, with the limits %j',
      async (limits) => {
        limitTarget({ limits });
        const command = { clusterId: 'one', data: { ...session, deadline: '2026-11-23T12:01:00Z' }, key: 'k' };
        await send('deploy', command, world);
        await runQueues(world);
        world.passTime(300);

        expect(await send('deploy', command, world)).toMatchObject({ outcome: 'done' });
        expect(listOperations()).toHaveLength(1);
      },
    );
  },
);
