import type { RestResponse } from '#shared/flink/rest/transport/transport.ts';

import { respondErrors, respondJson } from './flink-responses.ts';

/** The state of a savepoint. */
export type Savepoint = { readonly location: string } | { readonly failure: string } | 'in-progress';

/** What each snapshot takes: bytes and milliseconds. */
export const amounts = { state_size: 4_096, end_to_end_duration: 120 };

/** What a request for a savepoint has. */
export interface SavepointBody {
  readonly targetDirectory?: string;
  readonly 'target-directory'?: string;
  readonly 'cancel-job'?: boolean;
  readonly triggerId: string;
}

/** The status of a savepoint that was requested with a trigger ID. */
export const respondSavepoint = (
  savepoint: Savepoint | undefined,
  { jobId, triggerId = '' }: { readonly jobId: string; readonly triggerId: string | undefined },
): RestResponse => {
  if (savepoint === undefined)
    return respondErrors(404, `There is no savepoint operation with triggerId=${triggerId} for job ${jobId}.`);
  if (savepoint === 'in-progress') return respondJson({ status: { id: 'IN_PROGRESS' }, operation: null });
  const failureOf = (failure: string) => ({
    'failure-cause': { class: 'java.lang.Exception', 'stack-trace': failure },
  });
  return respondJson({
    status: { id: 'COMPLETED' },
    operation: 'location' in savepoint ? savepoint : failureOf(savepoint.failure),
  });
};
