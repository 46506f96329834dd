import { describe, expect, it } from 'vitest';

import type { Downloads } from '#shared/clusters/ports/downloads.ts';

interface Served {
  readonly downloads: Downloads;
  /** An address whose server answers with the status. */
  readonly address: string;
  /** How many requests the server has got. */
  readonly countRequests: () => number;
}

/** The behaviour of every implementation of the port. */
export const downloadsContract = (name: string, serve: (status: number) => Promise<Served>) =>
  describe(`${name} as Downloads`, () => {
    it.each([404, 410])('finds the status %i', async (status) => {
      const { downloads, address } = await serve(status);
      expect(await downloads.findMissingStatus(address)).toBe(status);
    });

    it.each([200, 206, 301, 302, 307, 400, 401, 403, 405, 416, 429, 500, 503])(
      'takes the status %i for no answer',
      async (status) => {
        const { downloads, address, countRequests } = await serve(status);
        expect(await downloads.findMissingStatus(address)).toBeUndefined();
        expect(countRequests()).toBe(1);
      },
    );

    it.each([
      ['plain HTTP', (address: string) => address.replace('https:', 'http:')],
      ['another file system', (address: string) => address.replace('https:', 's3:')],
      ['a user', (address: string) => address.replace('//', '//user@')],
      ['a user and a password', (address: string) => address.replace('//', '//user:password@')],
      ['a password', (address: string) => address.replace('//', '//:password@')],
      ['no address', () => 'https://'],
    ])('does not ask about %s', async (_what, change) => {
      const { downloads, address, countRequests } = await serve(404);
      expect(await downloads.findMissingStatus(change(address))).toBeUndefined();
      expect(countRequests()).toBe(0);
    });
  });
