import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from './client.ts';
import { isTerminalState } from '../model/states.ts';
import { pollMs } from './query-client.ts';

interface OperationRef {
  readonly target: string;
  readonly operationId: string;
}

/** An operation that is in progress is followed each second. */
const followMs = 1_000;

/** An operation until it ends. Without a reference, nothing is read. */
export const useOperation = (ref: OperationRef | undefined, { follow = false } = {}) =>
  useQuery({
    queryKey: ['targets', ref?.target, 'operations', ref?.operationId],
    queryFn: ({ signal }) => {
      if (ref === undefined) throw new Error('There is no operation to read.');
      return unwrap(api.GET('/v1/targets/{target}/operations/{operationId}', { params: { path: { ...ref } }, signal }));
    },
    enabled: ref !== undefined,
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isTerminalState('operation', data.state) ? false : follow ? followMs : pollMs,
  });
