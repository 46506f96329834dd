import SpaceBetween from '@cloudscape-design/components/space-between';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { Loading } from './loading.tsx';
import { ProblemAlert } from './problem-alert.tsx';

interface QueryStateProps<T> {
  readonly query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  readonly children: (data: T) => ReactNode;
}

/** What a call answered. While it loads or fails, says so. The last answer stays below a later failure. */
export const QueryState = <T,>({ query: { data, error, refetch }, children }: QueryStateProps<T>) => {
  if (data === undefined && error === null) return <Loading />;
  const alert = error === null ? null : <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return alert;
  if (alert === null) return children(data);
  return (
    <SpaceBetween size="m">
      {alert}
      {children(data)}
    </SpaceBetween>
  );
};
