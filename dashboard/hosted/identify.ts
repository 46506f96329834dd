import type { HostedSession } from '#events/page-session.ts';

import type { Caller } from '../api/client/caller.ts';
import { openIssuer } from './oidc-issuer.ts';
import { signedOut, signIn } from './sign-in.ts';

/** Who calls the API, or else why there is nobody: without an error, the reader has signed out. */
type Identified = { readonly caller: Caller } | { readonly caller?: undefined; readonly error?: Error };

/**
 * Signs in at the issuer of the session. Only a hosted page loads this module, and the library with it. It has no component, so
 * that the page of `drey dashboard` is not divided into more files.
 */
export const identify = async (session: HostedSession): Promise<Identified> => {
  try {
    const caller = await signIn({
      issuer: openIssuer(session),
      address: {
        read: () => new URL(location.href),
        replace: (path) => history.replaceState(null, '', `${location.origin}${path}`),
      },
      storage: sessionStorage,
    });
    return caller === signedOut ? {} : { caller };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
};
