import * as z from 'zod';

import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import {
  isSuccess,
  newRestFault,
  toJobNotFound,
  toStatusFault,
  toUnexpectedAnswer,
} from '#shared/flink/rest/transport/faults.ts';
import { formatRootCause } from './stack-trace.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import { Text } from '#shared/flink/rest/transport/values.ts';

const FailureCause = z.object({ class: Text, 'stack-trace': z.string() });
/** Savepoints report a failure as `failure-cause`, checkpoints as `failureCause`. */
const TriggerInfo = z.object({
  status: z.object({ id: z.enum(['IN_PROGRESS', 'COMPLETED']) }),
  operation: z
    .looseObject({ 'failure-cause': FailureCause.optional(), failureCause: FailureCause.optional() })
    .nullish(),
});

export type Unfinished = { readonly status: 'in-progress' } | { readonly status: 'failed'; readonly cause: string };
type TriggerStatus<T> = Unfinished | { readonly status: 'completed'; readonly value: T };

interface Trigger {
  readonly noun: 'savepoint' | 'checkpoint';
  /** The last segment of the path. */
  readonly resource: 'savepoints' | 'stop' | 'checkpoints';
  readonly json: object;
}

/**
 * Starts an asynchronous operation of a job.
 *
 * @throws Fault `not-found` when Flink does not have the job.
 * @throws Fault `savepoint-failed` when Flink refuses the operation.
 */
export const trigger = async (
  { send }: RestClient,
  jobId: string,
  { noun, resource, json }: Trigger,
): Promise<void> => {
  const path = urlPath`/v1/jobs/${jobId}/${resource}`;
  const response = await send({ method: 'POST', path, json });
  if (response.status === 404) throw toJobNotFound(jobId, response);
  if (response.status === 400 || response.status === 409) {
    throw newRestFault('savepoint-failed', response, `Flink refused a ${noun} of job ${jobId}`);
  }
  if (!isSuccess(response)) throw toStatusFault(response, `POST ${path}`);
};

/**
 * The status of an asynchronous operation of Flink.
 *
 * @param result The schema of what a completed operation reports.
 * @throws Fault `not-found` when Flink does not have the operation.
 */
export const getTriggerStatus = async <S extends z.ZodType>(
  { get }: RestClient,
  path: string,
  result: S,
): Promise<TriggerStatus<z.output<S>>> => {
  const { status, operation } = await get(path, TriggerInfo);
  if (status.id === 'IN_PROGRESS') return { status: 'in-progress' };
  const { 'failure-cause': failure, failureCause = failure } = operation ?? {};
  if (failureCause !== undefined)
    return { status: 'failed', cause: formatRootCause(failureCause['stack-trace'], failureCause.class) };
  const parsed = result.safeParse(operation ?? {});
  if (!parsed.success) throw toUnexpectedAnswer(`GET ${path}`, parsed.error);
  return { status: 'completed', value: parsed.data };
};
