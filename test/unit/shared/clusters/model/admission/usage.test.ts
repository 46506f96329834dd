import { describe, expect, it } from 'vitest';

import { toStoredUsage, Usage } from '#shared/clusters/model/admission/quota.ts';

import { makeQueuedCommand } from './fixture.ts';

describe('the usage of a target', () => {
  const demand = (cpu: number) => ({ clusters: 1, jobs: 0, cpu, memoryMebibytes: 100 });
  const [a, b] = [
    makeQueuedCommand({ team: 'a', demand: demand(0.1) }),
    makeQueuedCommand({ team: 'b', demand: demand(0.2) }),
  ];
  const since = '2026-01-01T00:00:00.000Z';

  it('is the same after it was stored, with the teams in order', () => {
    const stored = toStoredUsage(new Usage([b, a]), since);

    expect(stored).toEqual({
      total: { clusters: 2, jobs: 0, cpu: 0.3, memoryMebibytes: 200 },
      teams: [
        { team: 'a', demand: a.demand },
        { team: 'b', demand: b.demand },
      ],
      since,
    });
    expect(toStoredUsage(Usage.from(stored!), since)).toEqual(stored);
  });

  it('is exactly that of the others when a command is removed, without a team that has nothing left', () => {
    const usage = new Usage([a, b]);
    usage.remove(a);

    expect(toStoredUsage(usage, since)).toEqual(toStoredUsage(new Usage([b]), since));
  });

  it('does not change when a copy does', () => {
    const usage = new Usage([a]);
    usage.copy().add(b);
    usage.without(a).add(b);

    expect(toStoredUsage(usage, since)).toEqual(toStoredUsage(new Usage([a]), since));
  });

  it('is not stored for more teams than an item of DynamoDB holds', () => {
    const store = (count: number, name: string) => {
      const commands = Array.from({ length: count }, (_, index) => makeQueuedCommand({ team: `${name}${index}` }));
      return toStoredUsage(new Usage(commands), since);
    };

    expect(store(1_500, 't')).toBeDefined();
    expect(store(2_500, 't')).toBeUndefined();
    expect(store(1_500, '\uffff'.repeat(59))).toBeUndefined();
  });
});
