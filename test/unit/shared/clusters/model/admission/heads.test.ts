import { describe, expect, it } from 'vitest';

import { decideAdmissions, decideHeads } from '#shared/clusters/model/admission/admission.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { readHeads } from '#shared/clusters/admission/ready-commands.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import { Usage } from '#shared/clusters/model/admission/quota.ts';
import { toListKey, toReadyKey } from '#shared/clusters/model/admission/ready-key.ts';

import { makeQueuedCommand, one, type Policy } from './fixture.ts';

const now = new Date('2026-01-01T12:00:00Z');
const reservations = {};
const expiredReservations = {
  deploy: { operationId: 'large', since: '2026-01-01T11:00:00.000Z' },
  submit: { operationId: 'large', since: '2026-01-01T11:00:00.000Z' },
};

const compareKeys = (a: QueuedCommand, b: QueuedCommand) => (toReadyKey(a) < toReadyKey(b) ? -1 : 1);

/** The first commands of each list, as a pass reads them. */
const selectHeads = (queued: readonly QueuedCommand[], count: number) => {
  const lists = [...Map.groupBy(queued, toListKey)].map(([list, members]) => ({
    list,
    members: members.toSorted(compareKeys),
  }));
  return {
    commands: lists.flatMap(({ members }) => members.slice(0, count)),
    truncated: new Set(lists.flatMap(({ list, members }) => (members.length > count ? [list] : []))),
  };
};

/** Starts commands in rounds, as a pass does, and returns their clusters in order. */
const startInRounds = (queued: readonly QueuedCommand[], { limits = {}, shares = {} }: Policy) => {
  const usage = new Usage();
  const started: string[] = [];
  let [waiting, count] = [queued, 2];
  for (;;) {
    const options = { target: { limits, shares }, paused: false, reservations, now };
    const { decisions, isComplete } = decideHeads(selectHeads(waiting, count), { usage, replaceable: [] }, options);
    const next = decisions.flatMap(({ command, pendingReason }) => (pendingReason === undefined ? [command] : []));
    for (const command of next) usage.add(command);
    started.push(...next.map(({ clusterId }) => clusterId));
    waiting = waiting.filter((command) => !next.includes(command));
    if (next.length === 0 && isComplete) return started;
    if (next.length === 0) count *= 4;
  }
};

describe('decisions about the first commands of each list', () => {
  it('start in rounds what decisions about the whole queue start', () => {
    let state = 11;
    const random = (most: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * most);
    };
    let total = 0;
    for (let run = 0; run < 300; run += 1) {
      const queued = Array.from({ length: random(40) }, () =>
        makeQueuedCommand({
          team: `t${random(3)}`,
          priority: random(3) - 1,
          demand: { clusters: 1, jobs: 0, cpu: 1, memoryMebibytes: 1_024 },
        }),
      );
      const policy = { limits: { clusters: 1 + random(30) }, shares: { t0: { weight: 3, clusters: 1 + random(9) } } };
      const target = { limits: policy.limits, shares: policy.shares };
      const whole = decideAdmissions(
        queued,
        { usage: new Usage(), replaceable: [] },
        { target, paused: false, pendingReasons: new Map(), reservations, now },
      );
      const expected = whole.flatMap(({ command, pendingReason }) =>
        pendingReason === undefined ? [command.clusterId] : [],
      );

      expect(startInRounds(queued, policy).toSorted()).toEqual(expected.toSorted());
      total += expected.length;
    }
    expect(total).toBeGreaterThan(1_000);
  });

  it('stop where the next command may be one that was not read', () => {
    const [a, b] = ['a', 'b'].map((team) => makeQueuedCommand({ team }));
    const options = { target: { limits: { clusters: 9 }, shares: {} }, paused: false, reservations, now };
    const heads = { commands: [a!, b!], truncated: new Set([toListKey(a!)]) };

    expect(decideHeads(heads, { usage: new Usage(), replaceable: [] }, options)).toMatchObject({
      decisions: [{ command: a }],
      isComplete: false,
    });
  });

  it('need no further command of a list that has to wait, or of a paused queue', () => {
    const command = makeQueuedCommand();
    const heads = { commands: [command], truncated: new Set([toListKey(command)]) };
    const admitted = { usage: new Usage([makeQueuedCommand()]), replaceable: [] };
    const target = { limits: { clusters: 1 }, shares: {} };

    expect(decideHeads(heads, admitted, { target, paused: false, reservations, now }).isComplete).toBe(true);
    expect(
      decideHeads(heads, admitted, { target: { limits: {}, shares: {} }, paused: true, reservations, now }).isComplete,
    ).toBe(true);
  });

  it('read on behind a command whose reservation has expired', () => {
    const large = makeQueuedCommand({ demand: { ...one, cpu: 9 } });
    const heads = { commands: [large], truncated: new Set([toListKey(large)]) };
    const admitted = { usage: new Usage([makeQueuedCommand()]), replaceable: [] };

    expect(
      decideHeads(heads, admitted, {
        target: { limits: { cpu: 10 }, shares: {} },
        paused: false,
        reservations: expiredReservations,
        now,
      }).isComplete,
    ).toBe(false);
  });

  it.each([
    ['deploy', 'clusters'],
    ['submit', 'jobs'],
  ] as const)('need no further %s of a target that has all of its %s', (kind, resource) => {
    const demand = { ...one, clusters: 0, jobs: 0, [resource]: 1 };
    const waiting = makeQueuedCommand({ kind, demand });
    const heads = { commands: [waiting], truncated: new Set([toListKey(waiting)]) };
    const admitted = { usage: new Usage([makeQueuedCommand({ kind, demand })]), replaceable: [] };
    const target = { limits: { [resource]: 1 }, shares: {} };

    expect(
      decideHeads(heads, admitted, { target, paused: false, reservations: expiredReservations, now }).isComplete,
    ).toBe(true);
  });

  it('know nothing before a list of which nothing could be read', () => {
    const heads = { commands: [makeQueuedCommand()], truncated: new Set(['deploy#other']) };
    const options = { target: { limits: {}, shares: {} }, paused: false, reservations, now };

    expect(decideHeads(heads, { usage: new Usage(), replaceable: [] }, options)).toEqual({
      decisions: [],
      isComplete: false,
    });
  });
});

describe('the first commands of thousands of teams', () => {
  it('are read with few requests', async () => {
    const commands = Array.from({ length: 5_000 }, (_, index) => makeQueuedCommand({ team: `team-${index}` }));
    const records = commands.toSorted(compareKeys).map((value) => ({ value, readyKey: toReadyKey(value), version: 1 }));
    let requests = 0;
    const readyCommands: Store['readyCommands'] = async (_target, { after, limit }) => {
      requests += 1;
      const rest = records.filter(({ readyKey }) => readyKey > after);
      return { commands: rest.slice(0, limit), hasMore: rest.length > limit };
    };

    const heads = await readHeads('local', 25, { store: { readyCommands } as Store });

    expect(heads.records).toHaveLength(5_000);
    expect(requests).toBeLessThan(20);
  });
});

describe('the keys of ready commands', () => {
  it('sort by kind, team, priority and age', () => {
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    const sorted = [
      makeQueuedCommand({ team: '', priority: 0 }),
      makeQueuedCommand({ team: 'a', priority: 1_000, since: at(9) }),
      makeQueuedCommand({ team: 'a', priority: 0, since: at(1) }),
      makeQueuedCommand({ team: 'a', priority: 0, since: at(2) }),
      makeQueuedCommand({ team: 'a', priority: -1_000, since: at(0) }),
      makeQueuedCommand({ team: 'a-b', priority: 1_000 }),
      makeQueuedCommand({ team: '', kind: 'submit', priority: 1_000 }),
    ];

    expect(sorted.toReversed().toSorted(compareKeys)).toEqual(sorted);
  });
});
