import { ErrorResponse, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';

import type { HostedSession } from '#events/page-session.ts';

import { type Issuer, SignInRefused, type Tokens } from './issuer.ts';
import { untilLeft } from './leave.ts';
import { signedInPath, signedOutPath } from './paths.ts';

const toTokens = ({ access_token, expires_at, refresh_token, profile }: User): Tokens => ({
  accessToken: access_token,
  expiresAt: expires_at === undefined ? undefined : expires_at * 1000,
  isRenewable: refresh_token !== undefined,
  claims: profile,
});

/** The errors with which an issuer says that the tokens cannot be renewed. After another one, the next call tries again. */
const renewalRefusals: ReadonlySet<string | null> = new Set([
  'interaction_required',
  'invalid_grant',
  'invalid_token',
  'login_required',
  'unauthorized_client',
]);

/** The path that a sign-in began at. The library has kept it in the storage of the tab. */
const readPath = (state: unknown): string => (typeof state === 'string' ? state : '/');

/**
 * The issuer of a hosted page, by its discovery document: authorization code flow with PKCE. The tokens and the state of a
 * sign-in are in the storage of the tab.
 */
export const openIssuer = ({ issuer, clientId, scope }: HostedSession, { origin }: Location = location): Issuer => {
  const store = new WebStorageStateStore({ prefix: 'drey.oidc.', store: sessionStorage });
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    scope,
    redirect_uri: `${origin}${signedInPath}`,
    post_logout_redirect_uri: `${origin}${signedOutPath}`,
    userStore: store,
    stateStore: store,
    automaticSilentRenew: false, // A token is renewed when a call needs it, so that a hidden tab does nothing.
  });
  return {
    find: async () => {
      const user = await manager.getUser();
      return user === null ? undefined : toTokens(user);
    },
    signIn: async (path) => {
      await manager.signinRedirect({ state: path });
      return untilLeft();
    },
    complete: async (address) => {
      const user = await manager.signinRedirectCallback(address).catch((error: unknown) => {
        throw error instanceof ErrorResponse ? new SignInRefused(error.message, { cause: error }) : error;
      });
      return { tokens: toTokens(user), path: readPath(user.state) };
    },
    renew: async () => {
      try {
        const user = await manager.signinSilent();
        return user === null ? undefined : toTokens(user);
      } catch (error) {
        if (error instanceof ErrorResponse && renewalRefusals.has(error.error)) return undefined;
        throw error;
      }
    },
    forget: () => manager.removeUser(),
    signOut: () => signOut(manager, origin),
  };
};

/** Not every issuer ends refresh tokens and sessions on request. The tokens of the page are gone in each case. */
const signOut = async (manager: UserManager, origin: string): Promise<void> => {
  const metadata = await manager.metadataService.getMetadata().catch(() => undefined);
  if (metadata?.revocation_endpoint !== undefined) await manager.revokeTokens(['refresh_token']).catch(() => {});
  if (metadata?.end_session_endpoint === undefined) {
    await manager.removeUser();
    location.assign(signedOutPath);
  } else {
    // Amazon Cognito reads these parameters instead of the standard ones.
    const { client_id } = manager.settings;
    await manager.signoutRedirect({ extraQueryParams: { client_id, logout_uri: `${origin}${signedOutPath}` } });
  }
  return untilLeft();
};
