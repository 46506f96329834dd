import pMap from 'p-map';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { LogFields } from '#shared/clusters/ports/runtime.ts';
import { isolate } from '#shared/clusters/ports/isolation.ts';

import { TokenBucket } from './token-bucket.ts';

/** A piece of work on a target that nothing else continues. */
export interface StalledWork {
  /** The time of its last change, in ISO 8601. */
  readonly since: string;
  readonly clusterId: string;
  /** Its deadline has passed. It has to end even if the API server does not answer. */
  readonly isOverdue: boolean;
  /** The log message of a failure. */
  readonly message: string;
  readonly fields: LogFields;
  /** Continues it. Undefined when nothing was to be done. */
  readonly run: () => Promise<StartedWork | undefined>;
}

/** Work that was started. */
export interface StartedWork {
  /** The operation that a state machine or the command queue continues. Undefined: the work is done, or shows no progress. */
  readonly operationId?: string | undefined;
}

/** Longer than any step takes: an operation without a change for so long may have no function that continues it. */
export const stalledAfterMs = 2 * 60_000;

/** How many pieces of work are under way at once. */
export const maxUnderWay = 8;
/** After this time no more work begins. The function also has to reconcile the clusters. */
const maxPassMs = 20_000;
/** How long work counts as under way that shows no progress. */
const maxSettleMs = 5_000;
const pollMs = 500;

/** The stalled work of one pass over a target. */
export interface Pass {
  readonly bucket: TokenBucket;
  readonly target: NamedTarget;
  readonly ports: Ports;
}

export const startPass = (target: NamedTarget, ports: Ports): Pass => ({
  bucket: new TokenBucket(ports),
  target,
  ports,
});

/**
 * Continues stalled work, what is overdue first, then the oldest first. What is under way at once is limited, and the rate
 * follows the answers of the API server: work that begins while it refuses requests would only fail. What is not reached
 * waits for the next pass.
 */
export const processStalledWork = async (
  stalled: readonly StalledWork[],
  { bucket, target, ports }: Pass,
): Promise<void> => {
  const until = ports.now().getTime() + maxPassMs;
  let left = stalled.length;
  const mayStart = ({ isOverdue }: StalledWork): boolean =>
    (isOverdue || !bucket.isClosed) && !ports.signal.aborted && ports.now().getTime() <= until;
  const attempt = async (work: StalledWork): Promise<void> => {
    if (!mayStart(work)) return;
    const { message, fields } = work;
    await isolate({ message, fields, ports }, async () => {
      // The API server may ask for a longer pause than the pass has time, and may refuse other work in the meantime.
      if (!(await bucket.take(until)) || !mayStart(work)) return;
      await startWork(work, { bucket, target, ports });
      left -= 1;
    });
  };
  await pMap(stalled.toSorted(compare), attempt, { concurrency: maxUnderWay, stopOnError: false });
  ports.metrics.record('StalledWork', { value: left, fields: { target: target.name } });
};

const compare = (one: StalledWork, other: StalledWork): number =>
  Number(other.isOverdue) - Number(one.isOverdue) || (one.since < other.since ? -1 : 1);

const startWork = async (work: StalledWork, { bucket, target, ports }: Pass): Promise<void> => {
  const started = await countRefusal(bucket, async () => {
    if (bucket.needsAnswer && !work.isOverdue) {
      await ports.kubernetes(target).findDeployment(work.clusterId);
      bucket.accept();
    }
    return work.run();
  });
  if (started === undefined) bucket.giveBack();
  else if (started.operationId !== undefined) await awaitProgress(started.operationId, ports);
};

const countRefusal = async <T>(bucket: TokenBucket, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault && error.code === 'target-unreachable') bucket.refuse(error.retryAfterSeconds);
    throw error;
  }
};

/** Waits until an operation changes, so that its function has ended by then. */
const awaitProgress = async (operationId: string, { store, now, sleep }: Ports): Promise<void> => {
  const readVersion = async () => (await store.operation(operationId))?.version;
  const [before, until] = [await readVersion(), now().getTime() + maxSettleMs];
  do await sleep(pollMs);
  while (now().getTime() < until && (await readVersion()) === before);
};
