import { QueryClient } from '@tanstack/react-query';

import { toApiError } from './problem.ts';

/** How often a view asks for changes. */
export const pollMs = 5_000;

/** Marks a query that has an effect elsewhere, and so is read only when a view opens or the reader asks for it. */
export const onDemand = { onDemand: true } as const;

/** Reads again what the views show, after a change of it. */
export const readAgain = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ predicate: ({ meta }) => meta?.['onDemand'] !== true });

/** A call that may succeed later is repeated. The next poll is not far. */
const maxRetries = 2;

/** Polls while the tab is visible, and keeps the last answer while a call fails. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        refetchInterval: pollMs,
        refetchIntervalInBackground: false,
        staleTime: pollMs / 2,
        networkMode: 'always', // The loopback server answers without a network.
        retry: (failures, error) => failures < maxRetries && toApiError(error).isRetryable,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
