import { describe, expect, it } from 'vitest';

import { SignInRefused } from '../../../dashboard/hosted/issuer.ts';
import { signedOut, signIn } from '../../../dashboard/hosted/sign-in.ts';
import { fakeIssuer, makeTokens, nowMs } from '../support/fake-issuer.ts';

const now = () => nowMs;

/** Opens the page at a path. `outcome` is undefined while the page waits for the issuer. */
const open = async (path: string, options: Parameters<typeof fakeIssuer>[0] = {}) => {
  const { issuer, calls } = fakeIssuer(options);
  const shown: string[] = [];
  const address = {
    read: () => new URL(shown.at(-1) ?? path, 'https://drey.example.com'),
    replace: (to: string) => void shown.push(to),
  };
  const started = signIn({ issuer, address, storage: sessionStorage, now });
  const outcome = await Promise.race([started, new Promise<undefined>((resolve) => setTimeout(resolve, 5))]);
  return { outcome, calls, shown };
};

describe('opening the hosted page', () => {
  it('leads a reader without tokens to the issuer, from the path with its query', async () => {
    const { outcome, calls } = await open('/targets/etl/clusters/nightly?tab=logs');

    expect(calls).toEqual(['sign in from /targets/etl/clusters/nightly?tab=logs']);
    expect(outcome).toBeUndefined();
  });

  it('uses the tokens that the tab has', async () => {
    const { outcome, calls } = await open('/', { kept: makeTokens() });

    expect(calls).toEqual([]);
    expect(outcome).toHaveProperty('authorize');
  });

  it('returns from the issuer to the path where the sign-in began', async () => {
    const completed = { tokens: makeTokens(), path: '/targets/etl/queue' };
    const { outcome, calls, shown } = await open('/signed-in?code=1&state=2', { completed });

    expect(calls).toEqual(['complete https://drey.example.com/signed-in?code=1&state=2']);
    expect(shown).toEqual(['/targets/etl/queue']);
    expect(outcome).toHaveProperty('authorize');
  });

  it.each([
    ['the issuer has refused the sign-in', {}],
    ['and the tab has tokens', { kept: makeTokens() }],
    ['and the tab has tokens that have ended', { kept: makeTokens({ expiresAt: nowMs }) }],
  ])('fails with the reason when %s', async (_what, options) => {
    const completed = new SignInRefused('access_denied');

    await expect(open('/signed-in?error=access_denied&state=2', { ...options, completed })).rejects.toThrow(
      'access_denied',
    );
  });

  it('fails when the address of a sign-in is opened again and the tokens have ended', async () => {
    const kept = makeTokens({ expiresAt: nowMs });

    await expect(open('/signed-in?code=1&state=2', { kept })).rejects.toThrow('No matching state found.');
  });

  it('goes to the overview when an address of a sign-in is opened again by a reader who is signed in', async () => {
    const { outcome, shown } = await open('/signed-in?code=1&state=2', { kept: makeTokens() });

    expect(shown).toEqual(['/']);
    expect(outcome).toHaveProperty('authorize');
  });

  it('does not sign in a reader who has signed out', async () => {
    const { outcome, calls } = await open('/signed-out', { kept: makeTokens() });

    expect(calls).toEqual([]);
    expect(outcome).toBe(signedOut);
  });

  it('renews tokens that have ended, or else signs in', async () => {
    const kept = makeTokens({ expiresAt: nowMs - 1, isRenewable: true });

    expect((await open('/', { kept, renewed: makeTokens() })).calls).toEqual(['renew']);
    expect((await open('/', { kept })).calls).toEqual(['renew', 'sign in from /']);
    expect((await open('/', { kept, renewed: new Error('server_error') })).calls).toEqual(['renew', 'sign in from /']);
    expect((await open('/', { kept: { ...kept, isRenewable: false } })).calls).toEqual(['sign in from /']);
  });
});
