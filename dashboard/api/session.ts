import { queryOptions, useQuery } from '@tanstack/react-query';

import { readProblem, toApiError } from './client/problem.ts';

interface Facts {
  /** Of Drey. */
  readonly version: string;
  readonly api: { readonly url: string; readonly from?: string };
  /** Default target of the command line. */
  readonly target: string | null;
}

/** What the loopback server says about itself and the caller. */
export interface LocalSession extends Facts {
  readonly authentication: 'iam' | 'token';
  /** The caller, in human-readable form. */
  readonly identity: string;
}

/** What a hosted page knows about its stage. */
export interface HostedSession extends Facts {
  readonly authentication: 'oidc';
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

export type Session = LocalSession | HostedSession;

/** What serves the page says about it. @throws ApiError */
export const fetchSession = async (signal?: AbortSignal): Promise<Session> => {
  const response = await fetch('/session.json', { signal: signal ?? null }).catch((error: unknown) => {
    throw toApiError(error);
  });
  if (!response.ok) throw readProblem(response.status, await response.json().catch(() => undefined));
  return response.json() as Promise<Session>; // The contract of the server of this page.
};

/** The facts of this run of the server. They do not change. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => fetchSession(signal),
  staleTime: Infinity,
  refetchInterval: false,
});

export const useSession = () => useQuery(sessionQuery);
