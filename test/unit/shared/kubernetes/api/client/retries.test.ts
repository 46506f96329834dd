import { describe, expect, it } from 'vitest';

import { clientFor, get, status } from './fixture.ts';

describe('a repetition', () => {
  const busy = { status: 503, body: status(503, 'ServiceUnavailable') };

  it('comes after a passing failure', async () => {
    const { client, seen } = await clientFor([busy, busy, { status: 200 }]);

    await client.send(get);

    expect(seen).toHaveLength(3);
  });

  it('comes three times at most', async () => {
    const { client, seen } = await clientFor([busy]);

    await expect(client.send(get)).rejects.toMatchObject({ code: 'target-unreachable' });

    expect(seen).toHaveLength(4);
  });

  it('waits as long as the server asks', async () => {
    const { client } = await clientFor([{ ...busy, headers: { 'retry-after': '1' } }, { status: 200 }]);
    const start = performance.now();

    await client.send(get);

    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('is left to the caller when the server asks for long', async () => {
    const { client, seen } = await clientFor([{ ...busy, headers: { 'retry-after': '30' } }]);

    await expect(client.send(get)).rejects.toMatchObject({
      code: 'target-unreachable',
      retryAfterSeconds: 30,
    });

    expect(seen).toHaveLength(1);
  });

  it('does not come for what must not be done twice, nor after a refusal', async () => {
    const once = await clientFor([busy]);
    const refused = await clientFor([{ status: 403, body: status(403, 'Forbidden') }]);

    await expect(once.client.send({ method: 'POST', path: '/x', json: {}, repeatable: false })).rejects.toThrow();
    await expect(refused.client.send(get)).rejects.toThrow();

    expect([once.seen.length, refused.seen.length]).toEqual([1, 1]);
  });

  it('comes once with a fresh token when the token is refused', async () => {
    const { client, seen } = await clientFor([{ status: 401, body: status(401, 'Unauthorized') }, { status: 200 }]);

    await client.send(get);

    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('does not outlive the signal, and says then what kept it waiting', async () => {
    const { client } = await clientFor(
      [{ ...busy, headers: { 'retry-after': '5' } }],
      undefined,
      AbortSignal.timeout(2_000),
    );

    await expect(client.send(get)).rejects.toMatchObject({ code: 'target-unreachable' });
  });
});
