import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { openForward } from '#cli/api/forward.ts';
import type { Credentials } from '#cli/api/settings-files.ts';
import { startLoopbackApi } from '#test/unit/cli/loopback-api.ts';

let api: Awaited<ReturnType<typeof startLoopbackApi>>;
beforeAll(async () => {
  api = await startLoopbackApi();
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => api.answer({ 'GET /health': {} }));

const open = (credentials: () => Promise<Credentials>, token?: string) => {
  const settings = { apiUrl: new URL(api.url), apiFrom: 'a test', region: 'eu-central-1', credentials };
  const forward = openForward(token === undefined ? settings : { ...settings, token });
  return () => forward({ method: 'GET', path: '/health' }, AbortSignal.timeout(5_000));
};
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

describe('requests that are forwarded', () => {
  it('share credentials for five minutes, unless they expire before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const lasting = vi.fn(async () => keys);
    const short = vi.fn(async () => ({ ...keys, expiration: new Date(Date.now() + 60_000) }));
    const [one, other] = [open(lasting), open(short)];

    for (const seconds of [0, 61, 200, 100]) {
      vi.advanceTimersByTime(seconds * 1_000);
      await one();
      await other();
    }

    vi.useRealTimers();
    expect(lasting).toHaveBeenCalledTimes(2);
    expect(short).toHaveBeenCalledTimes(4);
  });

  it('ask again for credentials that were missing', async () => {
    const load = vi.fn(async () => keys).mockRejectedValueOnce(new Error('no credentials'));
    const send = open(load);

    await expect(send()).rejects.toThrow('no credentials');
    await expect(send()).resolves.toMatchObject({ status: 200 });
  });

  it('have the token of the caller instead of a signature', async () => {
    await open(async () => keys, 'a.b.c')();

    expect(api.received[0]?.headers).toMatchObject({ authorization: 'Bearer a.b.c' });
  });
});
