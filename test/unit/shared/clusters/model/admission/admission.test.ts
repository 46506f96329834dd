import { describe, expect, it } from 'vitest';

import { decideAdmissions } from '#shared/clusters/model/admission/admission.ts';
import type { PendingReason, QueuedCommand, Reservations } from '#shared/clusters/model/admission/queue.ts';
import { Usage } from '#shared/clusters/model/admission/quota.ts';
import { maxGrowth, measureGrowth } from '#test/support/growth.ts';

import { makeQueuedCommand, one, type Policy } from './fixture.ts';

interface Around {
  readonly admitted?: readonly QueuedCommand[];
  readonly paused?: boolean;
  readonly pendingReasons?: ReadonlyMap<string, PendingReason>;
  readonly now?: Date;
  readonly reservations?: Reservations;
}
const decide = (
  queuedCommands: readonly QueuedCommand[],
  { limits = {}, shares = {} }: Policy,
  { admitted = [], paused = false, pendingReasons = new Map(), now = new Date(0), reservations = {} }: Around = {},
) =>
  decideAdmissions(
    queuedCommands,
    { usage: new Usage(admitted), replaceable: admitted },
    { target: { limits, shares }, paused, pendingReasons, now, reservations },
  );
const listStarted = (...args: Parameters<typeof decide>) =>
  decide(...args)
    .filter(({ pendingReason }) => pendingReason === undefined)
    .map(({ command: { clusterId } }) => clusterId);
const listNames = (queuedCommands: readonly QueuedCommand[]) => queuedCommands.map(({ clusterId }) => clusterId);

describe('admission decisions', () => {
  it('start all commands of a target without limits', () => {
    const queuedCommands = [makeQueuedCommand(), makeQueuedCommand(), makeQueuedCommand()];

    expect(listStarted(queuedCommands, {})).toEqual(listNames(queuedCommands));
  });

  it.each([
    [{ clusters: 2 }, 'The target uses 2 of 2 clusters; the command requests 1.'],
    [{ jobs: 2 }, 'The target uses 2 of 2 jobs; the command requests 1.'],
    [{ cpu: 5 }, 'The target uses 4 of 5 CPUs; the command requests 2.'],
    [{ memoryGibibytes: 5 }, 'The target uses 4 of 5 GiB of memory; the command requests 2.'],
  ])('start what fits into %j, and name the exceeded limit', (limits, message) => {
    const queuedCommands = [makeQueuedCommand(), makeQueuedCommand(), makeQueuedCommand()];

    expect(decide(queuedCommands, { limits }).map(({ pendingReason }) => pendingReason)).toEqual([
      undefined,
      undefined,
      { reason: 'WaitingForQuota', message },
    ]);
  });

  it('start higher priorities first, and then earlier commands', () => {
    const [late, early] = [
      makeQueuedCommand({ since: '2026-01-02T00:00:00.000Z' }),
      makeQueuedCommand({ since: '2026-01-01T00:00:00.000Z' }),
    ];
    const urgent = makeQueuedCommand({ priority: 5, since: '2026-01-03T00:00:00.000Z' });

    expect(decide([late, early, urgent], {}).map(({ command: { clusterId } }) => clusterId)).toEqual(
      listNames([urgent, early, late]),
    );
  });

  it('let no command overtake one that does not fit into the target', () => {
    const large = makeQueuedCommand({ demand: { ...one, cpu: 8 } });
    const small = makeQueuedCommand();
    const found = decide(
      [large, small],
      { limits: { cpu: 10 } },
      { admitted: [makeQueuedCommand({ demand: { ...one, cpu: 4 } })] },
    );

    expect(
      found.map(({ position, pendingReason }) => [position, pendingReason?.reason, pendingReason?.message]),
    ).toEqual([
      [1, 'WaitingForQuota', 'The target uses 4 of 10 CPUs; the command requests 8.'],
      [2, 'WaitingForTurn', '1 command comes first.'],
    ]);
  });

  it('reserve capacity for one command at a time, for half an hour of every two hours', () => {
    const [large, next, small] = [8, 7, 2].map((cpu) => makeQueuedCommand({ demand: { ...one, cpu } }));
    const reservations = { deploy: { operationId: 'another', since: '2026-01-01T12:00:00.000Z' } };
    const at = (now: string) =>
      decide(
        [large!, next!, small!],
        { limits: { cpu: 10 } },
        { admitted: [makeQueuedCommand({ demand: { ...one, cpu: 4 } })], now: new Date(now), reservations },
      ).map(({ pendingReason, reserves }) => [pendingReason?.reason, reserves]);
    const reserved = [
      ['WaitingForQuota', true],
      ['WaitingForQuota', false],
      ['WaitingForTurn', false],
    ];
    const unreserved = [
      ['WaitingForQuota', false],
      ['WaitingForQuota', false],
      [undefined, false],
    ];

    expect(at('2026-01-01T12:29:00Z')).toEqual(reserved);
    expect(at('2026-01-01T12:31:00Z')).toEqual(unreserved);
    expect(at('2026-01-01T13:59:00Z')).toEqual(unreserved);
    expect(at('2026-01-01T14:01:00Z')).toEqual(reserved);
  });

  it('order the commands of many teams in time that grows with their number', async () => {
    const queuedCommands = Array.from({ length: 8_000 }, (_, index) => makeQueuedCommand({ team: `t${index % 500}` }));
    const order = (count: number) => decide(queuedCommands.slice(0, count), { limits: { clusters: 10 } });

    expect(await measureGrowth(order, 500)).toBeLessThan(maxGrowth);
  });

  it('let jobs of sessions overtake a cluster that waits for capacity', () => {
    const job = makeQueuedCommand({ kind: 'submit', demand: { clusters: 0, jobs: 1, cpu: 1, memoryMebibytes: 0 } });
    const waiting = [makeQueuedCommand({ demand: { ...one, cpu: 4 } }), job];

    expect(listStarted(waiting, { limits: { cpu: 4 } }, { admitted: [makeQueuedCommand()] })).toEqual(listNames([job]));
  });

  it('give the capacity of a failed incarnation to the next one only', () => {
    const failed = makeQueuedCommand();
    const [other, again] = [
      makeQueuedCommand(),
      makeQueuedCommand({ clusterId: failed.clusterId, replaces: failed.operationId, priority: 1 }),
    ];

    expect(listStarted([other, again], { limits: { clusters: 1 } }, { admitted: [failed] })).toEqual(
      listNames([again]),
    );
    expect(listStarted([other], { limits: { clusters: 1 } }, { admitted: [failed] })).toEqual([]);
  });

  it('let other teams overtake a team that has used its share', () => {
    const [noisy, quiet] = [makeQueuedCommand({ team: 'noisy' }), makeQueuedCommand({ team: 'quiet' })];
    const policy = { limits: { clusters: 10 }, shares: { '*': { clusters: 1, weight: 1 } } };
    const admitted = [makeQueuedCommand({ team: 'noisy' })];

    expect(listStarted([noisy, quiet], policy, { admitted })).toEqual(listNames([quiet]));
    expect(
      decide([noisy, quiet], policy, { admitted }).find(({ command: { team } }) => team === 'noisy')?.pendingReason,
    ).toEqual({
      reason: 'WaitingForQuota',
      message: 'Team noisy uses 1 of 1 clusters; the command requests 1.',
    });
  });

  it('share capacity between teams by what they use, not by their queued commands', () => {
    const noisy = Array.from({ length: 20 }, () => makeQueuedCommand({ team: 'noisy' }));
    const quiet = [makeQueuedCommand({ team: 'quiet' }), makeQueuedCommand({ team: 'quiet' })];

    const first = listStarted([...noisy, ...quiet], { limits: { clusters: 4 } });

    expect(first.toSorted()).toEqual(listNames([noisy[0]!, noisy[1]!, ...quiet]).toSorted());
  });

  it('give a team of three times the weight three times the capacity', () => {
    const queuedCommands = ['a', 'b'].flatMap((team) => Array.from({ length: 20 }, () => makeQueuedCommand({ team })));
    const found = decide(queuedCommands, {
      limits: { clusters: 8 },
      shares: { a: { weight: 3 }, b: { weight: 1 } },
    }).filter(({ pendingReason }) => pendingReason === undefined);

    expect(found.filter(({ command: { team } }) => team === 'a')).toHaveLength(6);
    expect(found).toHaveLength(8);
  });

  it('put commands with another pending reason last, and reserve nothing for them', () => {
    const [blocked, free] = [makeQueuedCommand({ priority: 9 }), makeQueuedCommand()];
    const pendingReason: PendingReason = { reason: 'WaitingForDependency', message: 'Waiting for a to finish.' };

    expect(
      decide(
        [blocked, free],
        { limits: { clusters: 1 } },
        { pendingReasons: new Map([[blocked.operationId, pendingReason]]) },
      ),
    ).toMatchObject([
      { command: free, pendingReason: undefined },
      { command: blocked, position: 2, pendingReason },
    ]);
  });

  it('start nothing while the queue is paused', () => {
    expect(decide([makeQueuedCommand()], {}, { paused: true })[0]?.pendingReason?.reason).toBe('Paused');
  });

  it('never exceed the limits in random sequences', () => {
    let state = 7;
    const random = (most: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state % most;
    };
    const limits = { clusters: 5, jobs: 6, cpu: 12, memoryGibibytes: 10 };
    let [waiting, admitted]: [QueuedCommand[], QueuedCommand[]] = [[], []];
    let passed = 0;
    for (let step = 0; step < 2_000; step += 1) {
      const demand = { clusters: 1, jobs: random(3), cpu: 1 + random(4), memoryMebibytes: 512 * (1 + random(5)) };
      waiting.push(makeQueuedCommand({ team: `t${random(3)}`, priority: random(2), demand }));
      const next = decide(waiting, { limits }, { admitted }).flatMap((turn) =>
        turn.pendingReason === undefined ? [turn.command] : [],
      );
      waiting = waiting.filter((one) => !next.includes(one));
      admitted = [...admitted, ...next];
      passed += next.length;
      const { total } = new Usage(admitted);
      expect(total.clusters).toBeLessThanOrEqual(limits.clusters);
      expect(total.jobs).toBeLessThanOrEqual(limits.jobs);
      expect(total.cpu).toBeLessThanOrEqual(limits.cpu);
      expect(total.memoryMebibytes).toBeLessThanOrEqual(limits.memoryGibibytes * 1_024);
      if (waiting.length > 30) waiting.splice(random(waiting.length), 1);
      if (random(2) === 0) admitted = admitted.filter((_holder, index) => index !== random(admitted.length));
    }
    expect(passed).toBeGreaterThan(500);
  });

  it('do not confuse the name of a team with a property of objects', () => {
    expect(
      listStarted([makeQueuedCommand({ team: 'constructor' })], { shares: { '*': { clusters: 1, weight: 1 } } }),
    ).toHaveLength(1);
  });
});
