import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '../client/client.ts';
import { ApiError } from '../client/problem.ts';
import { onDemand } from '../client/query-client.ts';

/** The commands that the command queue has discarded. They are those of all targets. */
export const useDeadLetters = () =>
  useQuery({
    queryKey: ['dead-letters'],
    queryFn: ({ signal }) => unwrap(api.GET('/v1/dead-letters', { signal })),
    // A read takes the messages out of the queue for its time, so that it may hide them from a redrive.
    meta: onDemand,
    refetchInterval: false,
    refetchOnWindowFocus: false,
  });

/**
 * Sends dead letters to the command queue again: those with the IDs, or all of them.
 *
 * @returns Whether more dead letters may exist than were asked for.
 * @throws ApiError when some of the IDs are no dead letters. The others are redriven.
 */
export const redriveDeadLetters = async (ids?: readonly string[]): Promise<boolean> => {
  const body = ids === undefined ? {} : { ids: [...ids] };
  const { commands, more } = await unwrap(api.POST('/v1/dead-letters/redrive', { body }));
  const redriven = new Set(commands.map(({ id }) => id));
  const missing = ids?.filter((id) => !redriven.has(id)) ?? [];
  if (missing.length > 0)
    throw new ApiError({
      title: 'Not redriven',
      status: 404,
      detail: `The dead-letter queue has no such dead letter: ${missing.join(', ')}. The others were redriven.`,
    });
  return more === true && ids === undefined;
};
