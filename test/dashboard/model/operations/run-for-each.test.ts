import { describe, expect, it } from 'vitest';

import { runForEach } from '../../../../dashboard/model/operations/run-for-each.ts';

describe('an action on several commands', () => {
  it('runs for the others when one fails, and after that for those that failed', async () => {
    const done = new Set<string>();
    const calls: string[] = [];
    let isBroken = true;
    const run = async (id: string) => {
      calls.push(id);
      if (id === 'b' && isBroken) throw new Error('b is not queued.');
    };

    await expect(runForEach(['a', 'b', 'c'], done, run)).rejects.toThrow('b is not queued.');
    expect([...done]).toEqual(['a', 'c']);

    isBroken = false;
    await runForEach(['a', 'b', 'c'], done, run);
    expect(calls).toEqual(['a', 'b', 'c', 'b']);
  });
});
