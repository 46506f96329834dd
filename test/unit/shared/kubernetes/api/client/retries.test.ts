import { describe, expect, it } from 'vitest';

import { clientFor, get, status } from './fixture.ts';

describe('a retry', () => {
  const busy = { status: 503, body: status(503, 'ServiceUnavailable') };

  it('follows a transient failure', async () => {
    const { client, seen } = await clientFor([busy, busy, { status: 200 }]);

    await client.send(get);

    expect(seen).toHaveLength(3);
  });

  it('marks the answer, and only that of a request that was sent again', async () => {
    const repeated = await clientFor([busy, { status: 200 }]);
    const once = await clientFor([{ status: 200 }]);

    expect(await repeated.client.send(get)).toMatchObject({ status: 200, isRepeated: true });
    expect(await once.client.send(get)).not.toHaveProperty('isRepeated');
  });

  it('happens at most three times', async () => {
    const { client, seen } = await clientFor([busy]);

    await expect(client.send(get)).rejects.toMatchObject({ code: 'target-unreachable' });

    expect(seen).toHaveLength(4);
  });

  it('waits as long as Retry-After says', async () => {
    const { client } = await clientFor([{ ...busy, headers: { 'retry-after': '1' } }, { status: 200 }]);
    const start = performance.now();

    await client.send(get);

    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('is left to the caller when Retry-After is long', async () => {
    const { client, seen } = await clientFor([{ ...busy, headers: { 'retry-after': '30' } }]);

    await expect(client.send(get)).rejects.toMatchObject({
      code: 'target-unreachable',
      retryAfterSeconds: 30,
    });

    expect(seen).toHaveLength(1);
  });

  it('does not follow a request that must not be repeated, nor a rejection', async () => {
    const once = await clientFor([busy]);
    const refused = await clientFor([{ status: 403, body: status(403, 'Forbidden') }]);

    await expect(once.client.send({ method: 'POST', path: '/x', json: {}, repeatable: false })).rejects.toThrow();
    await expect(refused.client.send(get)).rejects.toThrow();

    expect([once.seen.length, refused.seen.length]).toEqual([1, 1]);
  });

  it('uses a new token once when the token is rejected', async () => {
    const { client, seen } = await clientFor([{ status: 401, body: status(401, 'Unauthorized') }, { status: 200 }]);

    await client.send(get);

    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('ends with its signal, and then reports the last failure', async () => {
    const { client } = await clientFor(
      [{ ...busy, headers: { 'retry-after': '5' } }],
      undefined,
      AbortSignal.timeout(2_000),
    );

    await expect(client.send(get)).rejects.toMatchObject({ code: 'target-unreachable' });
  });
});
