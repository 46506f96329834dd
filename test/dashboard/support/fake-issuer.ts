import type { Caller } from '../../../dashboard/api/client/caller.ts';
import { createCaller } from '../../../dashboard/hosted/caller.ts';
import type { Issuer, Tokens } from '../../../dashboard/hosted/issuer.ts';

/** The time of the tokens. */
export const nowMs = Date.parse('2026-11-30T12:00:00.000Z');

export const makeTokens = (changes: Partial<Tokens> = {}): Tokens => ({
  accessToken: 'token-1',
  expiresAt: nowMs + 600_000,
  isRenewable: false,
  claims: { sub: '0a1b2c' },
  ...changes,
});

interface FakeIssuerOptions {
  /** What the tab keeps. */
  readonly kept?: Tokens;
  /** What a renewal gives. Undefined: it is refused. */
  readonly renewed?: Tokens | Error;
  /** What a sign-in gives that led back to the page. Undefined: the tab has not begun it. */
  readonly completed?: { readonly tokens: Tokens; readonly path: string } | Error;
}

/** An issuer in memory, and what was asked of it in order. A sign-in leaves the page: its promise is never kept. */
export const fakeIssuer = ({ kept, renewed, completed }: FakeIssuerOptions = {}) => {
  const calls: string[] = [];
  const issuer: Issuer = {
    find: async () => kept,
    signIn: (path) => {
      calls.push(`sign in from ${path}`);
      return new Promise<never>(() => {});
    },
    complete: async (address) => {
      calls.push(`complete ${address}`);
      if (completed === undefined) throw new Error('No matching state found.');
      if (completed instanceof Error) throw completed;
      return completed;
    },
    renew: async () => {
      calls.push('renew');
      if (renewed instanceof Error) throw renewed;
      return renewed;
    },
    forget: async () => {
      calls.push('forget');
    },
    signOut: async () => {
      calls.push('sign out');
    },
  };
  return { issuer, calls };
};

/** The caller of a hosted page. */
export const makeCaller = (): Caller =>
  createCaller({
    issuer: fakeIssuer().issuer,
    tokens: makeTokens(),
    currentPath: () => '/',
    storage: sessionStorage,
    now: () => nowMs,
  });
