import { Fault } from '#events/problem.ts';
import { deriveWrites } from '#shared/clusters/model/derived-writes.ts';
import type { Change } from '#shared/clusters/model/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { policies, repeat } from '#shared/retries.ts';

/** A transaction has a hundred items at the most, and a job that ends takes four: itself, transition, verdict, and what it held. */
export const maxJobsPerTransaction = 22;

/** Writes a change with all that follows from it. @throws Fault `changed-meanwhile` */
export const commit = (change: Change, { store }: Pick<Ports, 'store'>): Promise<void> => {
  const { dequeued, released, events } = deriveWrites(change);
  return store.commit({
    ...change,
    dequeued: [...(change.dequeued ?? []), ...dequeued],
    released: [...(change.released ?? []), ...released],
    events: [...(change.events ?? []), ...events],
  });
};

/** Keeps a draft with what is written, and only with that. */
export const withPayload = async (
  operationId: string,
  payload: unknown,
  write: () => Promise<void>,
  { payloads }: Pick<Ports, 'payloads'>,
): Promise<void> => {
  await payloads.put(operationId, payload);
  try {
    await write();
  } catch (error) {
    // Where no answer came it may be written after all.
    if (isConflict(error)) await payloads.remove(operationId);
    throw error;
  }
};

export const isConflict = (error: unknown): boolean => error instanceof Fault && error.code === 'conflict';

/**
 * Reads, decides, writes; again from the reading when somebody else wrote meanwhile.
 *
 * @param decide What to write, and what came of it; without a change nothing is written. It may be called several times.
 * @throws Fault `changed-meanwhile` when others were always faster.
 */
export const transact = async <T>(
  ports: Pick<Ports, 'store' | 'sleep' | 'random'>,
  decide: () => Promise<{ readonly change?: Change | undefined; readonly result: T }>,
): Promise<T> =>
  retryOnConflict(ports, async () => {
    const { change, result } = await decide();
    if (change !== undefined) await commit(change, ports);
    return result;
  });

/** Again when somebody else wrote meanwhile. */
export const retryOnConflict = <T>(
  { sleep, random }: Pick<Ports, 'sleep' | 'random'>,
  work: () => Promise<T>,
): Promise<T> =>
  repeat(work, {
    policy: policies.record,
    isTransient: isConflict,
    sleep,
    random,
  });
