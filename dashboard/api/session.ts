import { queryOptions, useQuery } from '@tanstack/react-query';

import { readProblem, toApiError } from './client/problem.ts';

/** What the loopback server says about itself and the caller. */
export interface Session {
  /** Of Drey. */
  readonly version: string;
  readonly api: { readonly url: string; readonly from?: string };
  /** Default target of the command line. */
  readonly target: string | null;
  readonly authentication: 'iam' | 'token';
  /** The caller, in human-readable form. */
  readonly identity: string;
}

/** The facts of this run of the server. They do not change. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session> => {
    const response = await fetch('/session.json', { signal }).catch((error: unknown) => {
      throw toApiError(error);
    });
    if (!response.ok) throw readProblem(response.status, await response.json().catch(() => undefined));
    return response.json() as Promise<Session>; // The contract of the loopback server, which serves this page.
  },
  staleTime: Infinity,
  refetchInterval: false,
});

export const useSession = () => useQuery(sessionQuery);
