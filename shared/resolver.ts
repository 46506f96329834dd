import { lookup } from 'node:dns/promises';
import { setTimeout } from 'node:timers/promises';

import type { Resolver } from '#shared/clusters/ports/resolver.ts';

/** Shorter than a request has time. A lookup that takes longer continues, and its result is dropped. */
const maxLookupMs = 2_000;

/** Resolves names as programs of the system do, hosts file included. */
export const openResolver = (): Resolver => ({
  async resolve(host) {
    const found = lookup(host, { all: true }).then(
      (all) => all.map(({ address }) => address),
      () => [], // No such name, or no name server: a plan then says nothing about the host.
    );
    const timeout = new AbortController();
    const timer = setTimeout(maxLookupMs, [], { signal: timeout.signal }).catch(() => []);
    try {
      return await Promise.race([found, timer]);
    } finally {
      timeout.abort();
    }
  },
});
