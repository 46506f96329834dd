import { Fault, toProblem } from '#events/problems/problem.ts';
import { deriveWrites } from '#shared/clusters/model/records/derived-writes.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { assertChangeStorable } from '#shared/clusters/model/records/size.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { policies, repeat } from '#shared/retries.ts';

/** DynamoDB allows 100 items in a transaction. A job that ends takes four: job, transition, verdict, released capacity. */
export const maxJobsPerTransaction = 22;

/** A job that Flink reports as ended may have two more: the savepoint that it ended with, and its event. */
export const maxObservedJobsPerTransaction = 16;

/**
 * Writes a change and its derived writes in one transaction.
 *
 * @throws Fault `conflict` after a concurrent write; `malformed-request` for a command whose record would be too large.
 */
export const commit = async (change: Change, { store }: Pick<Ports, 'store'>): Promise<void> => {
  assertChangeStorable(change);
  const { dequeued, released, events } = deriveWrites(change);
  return store.commit({
    ...change,
    dequeued: [...(change.dequeued ?? []), ...dequeued],
    released: [...(change.released ?? []), ...released],
    events: [...(change.events ?? []), ...events],
  });
};

/** The body of a command, which is stored outside of the table. */
interface StoredPayload {
  readonly operationId: string;
  readonly payload: unknown;
}

/**
 * Stores a payload, and then writes the records that refer to it. A conflict or a refusal removes the payload, because
 * nothing was written. After any other failure the payload stays, because the write may have succeeded without an answer.
 */
export const withPayload = async (
  { operationId, payload }: StoredPayload,
  { payloads }: Pick<Ports, 'payloads'>,
  write: () => Promise<void>,
): Promise<void> => {
  await payloads.put(operationId, payload);
  try {
    await write();
  } catch (error) {
    if (isUnwritten(error)) await payloads.remove(operationId);
    throw error;
  }
};

/** Whether an error of a write says that nothing was written: a conflict, or a refusal. */
export const isUnwritten = (error: unknown): boolean => isConflict(error) || isRefusal(error);

/** Whether the command can never be written, such as one that is too large. */
const isRefusal = (error: unknown): boolean => error instanceof Fault && !toProblem(error).retryable;

/** Whether a concurrent write changed a record after it was read. */
export const isConflict = (error: unknown): boolean => error instanceof Fault && error.code === 'conflict';

/** Whether the same change may succeed in a moment: another transaction wrote one of its records, and no condition failed. */
export const isContention = (error: unknown): boolean =>
  isConflict(error) && error instanceof Fault && error.reason === 'TransactionConflict';

/**
 * Reads records, decides what to write, and writes it. After a concurrent write it starts again with the read.
 *
 * @param decide Returns the change, and the result of this function. Without a change nothing is written. It may be
 *   called several times.
 * @throws Fault `conflict` when concurrent writes won each time.
 */
export const transact = async <T>(
  ports: Pick<Ports, 'store' | 'sleep' | 'random' | 'signal'>,
  decide: () => Promise<{ readonly change?: Change | undefined; readonly result: T }>,
): Promise<T> =>
  retryOnConflict(ports, async () => {
    const { change, result } = await decide();
    if (change !== undefined) await commit(change, ports);
    return result;
  });

/** Repeats work after a concurrent write. @throws Fault `conflict` when concurrent writes won each time. */
export const retryOnConflict = <T>(
  { sleep, random, signal }: Pick<Ports, 'sleep' | 'random' | 'signal'>,
  work: () => Promise<T>,
): Promise<T> =>
  repeat(work, {
    policy: policies.record,
    isTransient: isConflict,
    signal,
    sleep,
    random,
  });
