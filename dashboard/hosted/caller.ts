import type { Caller } from '../api/client/caller.ts';
import { toApiError } from '../api/client/problem.ts';
import type { Issuer, Tokens } from './issuer.ts';

/** A token is renewed before a call can be late with it. */
const marginMs = 60_000;

/** Set after a sign-in that a refused token caused, until the API accepts a call. */
const refusedKey = 'drey.refused';

interface CallerOptions {
  readonly issuer: Issuer;
  readonly tokens: Tokens;
  /** Where the reader is, to return there. */
  readonly currentPath: () => string;
  readonly storage: Storage;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Calls with the token of a reader who has signed in. The page is left for at most one sign-in, whatever waits for it. */
export const createCaller = ({ issuer, tokens, currentPath, storage, now }: CallerOptions): Caller => {
  let current = tokens;
  let renewal: Promise<void> | undefined;
  let leaving: Promise<never> | undefined;
  const signIn = (): Promise<never> => (leaving ??= issuer.signIn(currentPath()));
  const remainingMs = () => (current.expiresAt ?? Infinity) - now();
  const renew = async (): Promise<void> => {
    const renewed = current.isRenewable ? await issuer.renew() : undefined;
    // A refused refresh token is not sent again.
    current = renewed ?? { ...current, isRenewable: false };
    if (renewed === undefined && remainingMs() <= 0) await signIn();
  };
  return {
    identity: describe(tokens),
    authorize: async () => {
      if (remainingMs() < marginMs) {
        renewal ??= renew().finally(() => {
          renewal = undefined;
        });
        // An issuer that does not answer matters when the token has ended.
        await renewal.catch((error: unknown) => {
          if (remainingMs() <= 0) throw toApiError(error, 'The issuer has not renewed the token');
        });
      }
      return `Bearer ${current.accessToken}`;
    },
    onRefused: async () => {
      if (leaving !== undefined) await leaving;
      if (storage.getItem(refusedKey) !== null) return;
      storage.setItem(refusedKey, 'true');
      await issuer.forget();
      await signIn();
    },
    onAccepted: () => storage.removeItem(refusedKey),
    signOut: async () => {
      storage.removeItem(refusedKey);
      await issuer.signOut();
    },
  };
};

const describe = ({ claims }: Tokens): string =>
  ['preferred_username', 'email', 'sub']
    .map((name) => claims[name])
    .find((claim): claim is string => typeof claim === 'string' && claim !== '') ?? 'signed in';
