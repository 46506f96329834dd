import pMap from 'p-map';

import { codeOfFailure, logFailure } from '#shared/clusters/ports/failures.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { LogFields } from '#shared/clusters/ports/runtime.ts';
import type { PlainMetricName } from '#shared/metrics.ts';

export const maxAtOnce = 16;

/** Works on all items, also after one of them failed. @throws AggregateError with every failure. */
export const forEachConcurrently = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  await pMap(items, work, { concurrency: maxAtOnce, stopOnError: false });
};

interface Isolation {
  /** The log message of a failure. */
  readonly message: string;
  readonly fields: LogFields;
  /** The metric that counts the failures. */
  readonly metric?: PlainMetricName;
  readonly ports: Ports;
}

/** Logs a failure instead of throwing it, so that one cluster or operation does not keep the others from their turn. */
export const isolate = async (
  { message, fields, metric, ports: { log, metrics } }: Isolation,
  work: () => Promise<void>,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    logFailure({ message, error, fields, log });
    if (metric !== undefined) metrics.record(metric, { fields: { ...fields, code: codeOfFailure(error) } });
  }
};
