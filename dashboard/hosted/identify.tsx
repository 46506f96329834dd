import type { ReactNode } from 'react';

import type { Caller } from '../api/caller.ts';
import type { HostedSession } from '../api/session.ts';
import { openIssuer } from './oidc-issuer.ts';
import { signedOut, signIn } from './sign-in.ts';
import { SignedOut } from './signed-out.tsx';

/** Who calls the API, or else the page for a reader who has not signed in. */
type Identified =
  | { readonly caller: Caller; readonly page?: undefined }
  | { readonly caller?: undefined; readonly page: ReactNode };

/** Signs in at the issuer of the session. Only a hosted page loads this module, and the library with it. */
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
    return caller === signedOut ? { page: <SignedOut /> } : { caller };
  } catch (error) {
    return { page: <SignedOut error={error instanceof Error ? error : new Error(String(error))} /> };
  }
};
