import type { Caller } from '../api/client/caller.ts';
import { createCaller } from './caller.ts';
import { type Issuer, SignInRefused, type Tokens } from './issuer.ts';
import { signedInPath, signedOutPath } from './paths.ts';

/** The address of the page, and how to change it without leaving the page. */
export interface PageAddress {
  readonly read: () => URL;
  readonly replace: (path: string) => void;
}

/** The reader has signed out, and signs in again by a button: an issuer with a session would sign in at once. */
export const signedOut = 'signed-out';

interface SignInOptions {
  readonly issuer: Issuer;
  readonly address: PageAddress;
  readonly storage: Storage;
  readonly now?: () => number;
}

/**
 * Signs the reader in, and returns who calls. It leaves the page when that needs the issuer.
 *
 * @throws Error when the issuer refuses or cannot be reached.
 */
export const signIn = async ({
  issuer,
  address,
  storage,
  now = Date.now,
}: SignInOptions): Promise<Caller | typeof signedOut> => {
  if (address.read().pathname === signedOutPath) return signedOut;
  const currentPath = () => {
    const { pathname, search } = address.read();
    return `${pathname}${search}`;
  };
  const tokens =
    address.read().pathname === signedInPath ? await complete(issuer, address, now()) : await findValid(issuer, now());
  return createCaller({ issuer, tokens: tokens ?? (await issuer.signIn(currentPath())), currentPath, storage, now });
};

const complete = async (issuer: Issuer, address: PageAddress, now: number): Promise<Tokens> => {
  const { tokens, path } = await issuer.complete(address.read().href).catch(async (error: unknown) => {
    if (error instanceof SignInRefused) throw error;
    // The address of a sign-in is valid once. A reader who comes back to it may still be signed in.
    const known = await findValid(issuer, now);
    if (known === undefined) throw error;
    return { tokens: known, path: '/' };
  });
  address.replace(path);
  return tokens;
};

/** The kept tokens, unless they have ended and cannot be renewed. */
const findValid = async (issuer: Issuer, now: number): Promise<Tokens | undefined> => {
  const tokens = await issuer.find();
  const isValid = tokens !== undefined && (tokens.expiresAt ?? Infinity) > now;
  if (isValid || tokens?.isRenewable !== true) return isValid ? tokens : undefined;
  return issuer.renew().catch(() => undefined); // A sign-in works without the refresh token, or fails with the reason.
};
