import { queryOptions, useQuery } from '@tanstack/react-query';

import type { PageSession } from '#events/page-session.ts';

import { readProblem, toApiError } from './client/problem.ts';

/** What serves the page says about it. @throws ApiError */
export const fetchSession = async (signal?: AbortSignal): Promise<PageSession> => {
  const response = await fetch('/session.json', { signal: signal ?? null }).catch((error: unknown) => {
    throw toApiError(error);
  });
  if (!response.ok) throw readProblem(response.status, await response.json().catch(() => undefined));
  return response.json() as Promise<PageSession>; // The contract of the server of this page.
};

/** The facts of this run of the server. They do not change. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => fetchSession(signal),
  staleTime: Infinity,
  refetchInterval: false,
});

export const useSession = () => useQuery(sessionQuery);
