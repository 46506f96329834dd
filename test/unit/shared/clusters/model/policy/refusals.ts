import { describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import { type Row, withVolume } from '#test/support/policy-attacks/builders.ts';
import { clusterId, listOperations, setPolicy, world } from '#test/unit/shared/clusters/fixture.ts';

/** A test for each row, through each origin. */
export const itRefuses = (rows: readonly Row[]): void =>
  describe.each(origins)('the policy of a target, from %s', (_origin, send) => {
    const cases = rows.map(([data, pointer, rule, policy = {}]) => [rule, data, { pointer, policy }] as const);

    it.each(cases)('refuses %s: %j', async (rule, data, { pointer, policy }) => {
      setPolicy({ denied: [], ...policy });

      const sent = await send('deploy', { clusterId, data: withVolume(data) }, world);

      expect(sent).toMatchObject({ outcome: 'rejected', code: 'refused-option' });
      expect(sent.errors).toContainEqual({ pointer, detail: expect.stringContaining(rule) });
      expect(sent.errors).toContainEqual({ pointer, detail: expect.stringContaining('Policy of target local, ') });
      expect(listOperations()).toEqual([]);
    });
  });
