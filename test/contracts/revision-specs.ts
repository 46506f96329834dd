import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { RevisionSpecs } from '#shared/clusters/ports/objects.ts';

/** The behaviour of every store of specs, in memory or in S3. */
export const revisionSpecsContract = (name: string, open: () => RevisionSpecs) =>
  describe(`${name} as the specs of revisions`, () => {
    it('returns what was stored, the last write first', async () => {
      const specs = open();
      const id = randomUUID();
      await specs.put(id, { mode: 'session' });
      await specs.put(id, { mode: 'session', labels: { name: 'é "quoted"' } });

      expect(await specs.read(id)).toEqual({ mode: 'session', labels: { name: 'é "quoted"' } });
    });

    it('has nothing after a removal, which may be repeated', async () => {
      const specs = open();
      const id = randomUUID();
      await specs.put(id, {});
      await specs.remove(id);
      await specs.remove(id);

      expect(await specs.read(id)).toBeUndefined();
      expect(await specs.renew(id)).toBe(false);
    });

    it('keeps the content of a spec that is renewed', async () => {
      const specs = open();
      const id = randomUUID();
      await specs.put(id, { mode: 'session' });

      expect(await specs.renew(id)).toBe(true);
      expect(await specs.read(id)).toEqual({ mode: 'session' });
    });
  });
