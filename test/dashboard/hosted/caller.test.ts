import { describe, expect, it } from 'vitest';

import { setCaller } from '../../../dashboard/api/client/caller.ts';
import { api, unwrap } from '../../../dashboard/api/client/client.ts';
import { createCaller } from '../../../dashboard/hosted/caller.ts';
import type { Tokens } from '../../../dashboard/hosted/issuer.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeIssuer, makeTokens, nowMs } from '../support/fake-issuer.ts';
import { makeTarget } from '../support/fixtures.ts';

const open = (tokens: Tokens = makeTokens(), options: Parameters<typeof fakeIssuer>[0] = {}, nowAt = nowMs) => {
  const { issuer, calls } = fakeIssuer(options);
  const caller = createCaller({
    issuer,
    tokens,
    currentPath: () => '/targets/etl/queue',
    storage: sessionStorage,
    now: () => nowAt,
  });
  setCaller(caller);
  return { caller, calls };
};

const readTargets = () => unwrap(api.GET('/v1/targets'));
const settle = (call: Promise<unknown>) =>
  Promise.race([call.catch((error: unknown) => error), new Promise((resolve) => setTimeout(resolve, 5, 'waits'))]);
const refuse = () => Response.json({ message: 'Unauthorized' }, { status: 401 });

describe('a call of the hosted page', () => {
  it('has the access token', async () => {
    open();
    const { sent } = fakeApi();

    await readTargets();

    expect(sent[0]?.headers.get('authorization')).toBe('Bearer token-1');
  });

  it('of a page of `drey dashboard` has none', async () => {
    const { sent } = fakeApi();

    await readTargets();

    expect(sent[0]?.headers.has('authorization')).toBe(false);
  });

  it('renews a token that is about to end, once for calls at the same time', async () => {
    const tokens = makeTokens({ expiresAt: nowMs + 30_000, isRenewable: true });
    const { calls } = open(tokens, { renewed: makeTokens({ accessToken: 'token-2' }) });
    const { sent } = fakeApi();

    await Promise.all([readTargets(), readTargets()]);

    expect(calls).toEqual(['renew']);
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer token-2', 'Bearer token-2']);
  });

  it('uses a token to its end when the issuer does not answer, and then fails with the reason', async () => {
    const tokens = makeTokens({ expiresAt: nowMs + 30_000, isRenewable: true });
    const renewed = new Error('Failed to fetch');
    fakeApi();

    expect(await open(tokens, { renewed }).caller.authorize()).toBe('Bearer token-1');
    await expect(open(tokens, { renewed }, nowMs + 30_000).caller.authorize()).rejects.toThrow('Failed to fetch');
  });

  it('does not ask again for a renewal that the issuer has refused, and uses the token to its end', async () => {
    const { calls } = open(makeTokens({ expiresAt: nowMs + 30_000, isRenewable: true }));
    const { sent } = fakeApi();
    await readTargets();
    await readTargets();

    expect(calls).toEqual(['renew']);
    expect(sent).toHaveLength(2);
  });

  it('asks again for a renewal that has failed', async () => {
    const tokens = makeTokens({ expiresAt: nowMs + 30_000, isRenewable: true });
    const { calls } = open(tokens, { renewed: new Error('temporarily_unavailable') });
    fakeApi();
    await readTargets();
    await readTargets();

    expect(calls).toEqual(['renew', 'renew']);
  });

  it.each([
    ['the issuer', { expiresAt: nowMs, isRenewable: true }, 'The issuer has not renewed the token: Failed to fetch'],
    ['the API', {}, 'The API does not answer: Failed to fetch'],
  ])('names %s when that does not answer', async (_what, changes, detail) => {
    open(makeTokens(changes), { renewed: new TypeError('Failed to fetch') });
    fakeApi({
      'GET /v1/targets': () => {
        throw new TypeError('Failed to fetch');
      },
    });

    expect(await settle(readTargets())).toMatchObject({
      details: { title: 'No answer', status: 0, detail },
      wayOut: 'Check the network. The page asks again by itself.',
    });
  });

  it('leads to the issuer when the token has ended and cannot be renewed, once for all calls', async () => {
    const { calls } = open(makeTokens({ expiresAt: nowMs }));
    const { sent } = fakeApi();

    const outcomes = await Promise.all([settle(readTargets()), settle(readTargets())]);

    expect(outcomes).toEqual(['waits', 'waits']);
    expect(calls).toEqual(['sign in from /targets/etl/queue']);
    expect(sent).toEqual([]);
  });
});

describe('a token that the API refuses', () => {
  it('is forgotten, and leads to the issuer once', async () => {
    const { calls } = open();
    fakeApi({ 'GET /v1/targets': refuse });

    expect(await Promise.all([settle(readTargets()), settle(readTargets())])).toContain('waits');
    expect(calls.filter((call) => call.startsWith('sign in'))).toEqual(['sign in from /targets/etl/queue']);
    expect(calls[0]).toBe('forget');
  });

  it('is told when the new one is refused, too', async () => {
    open();
    fakeApi({ 'GET /v1/targets': refuse });
    await settle(readTargets());
    const { calls } = open(makeTokens({ accessToken: 'token-2' })); // The page after the sign-in.

    expect(await settle(readTargets())).toMatchObject({
      details: { title: 'Access denied', status: 401 },
      wayOut: expect.stringContaining('Sign out and in again.'),
    });
    expect(calls).toEqual([]);
  });

  it('leads to the issuer again when the API has accepted one since', async () => {
    open();
    fakeApi({ 'GET /v1/targets': refuse });
    await settle(readTargets());
    open();
    fakeApi({ 'GET /v1/targets': () => ({ targets: [makeTarget()] }) });
    await readTargets();
    const { calls } = open();
    fakeApi({ 'GET /v1/targets': refuse });

    expect(await settle(readTargets())).toBe('waits');
    expect(calls).toEqual(['forget', 'sign in from /targets/etl/queue']);
  });
});

describe('the reader', () => {
  it.each([
    [{ preferred_username: 'ada', email: 'ada@example.com', sub: '1' }, 'ada'],
    [{ email: 'ada@example.com', sub: '1' }, 'ada@example.com'],
    [{ preferred_username: '', sub: '1' }, '1'],
  ])('with the claims %o is %s', (claims, identity) => {
    expect(open(makeTokens({ claims })).caller.identity).toBe(identity);
  });
});
