import { describe, expect, it } from 'vitest';

import type { Resolver } from '#shared/clusters/ports/resolver.ts';

/** The behaviour of every implementation of the port. */
export const resolverContract = (name: string, resolver: Resolver) =>
  describe(`${name} as Resolver`, () => {
    it('resolves a name to its addresses', async () => {
      expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining([...(await resolver.resolve('localhost'))]));
      expect(await resolver.resolve('localhost')).not.toEqual([]);
    });

    it.each(['10.1.2.3', '::1', '2001:db8::1'])('resolves the address %s to itself', async (address) => {
      expect(await resolver.resolve(address)).toEqual([address]);
    });

    it('finds no address of a name that does not exist', async () => {
      expect(await resolver.resolve('nowhere.invalid')).toEqual([]);
    });
  });
