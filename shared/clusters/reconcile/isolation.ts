import pMap from 'p-map';

import { Fault } from '#events/problem.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { LogFields } from '#shared/clusters/ports/runtime.ts';

export const maxAtOnce = 16;

/** Works on all items, also after one of them failed. @throws AggregateError with every failure. */
export const forEachConcurrently = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  await pMap(items, work, { concurrency: maxAtOnce, stopOnError: false });
};

interface Isolation {
  /** The log message of a failure. */
  readonly message: string;
  readonly fields: LogFields;
  readonly ports: Ports;
}

/** Logs a failure instead of throwing it, so that one cluster or operation does not keep the others from their turn. */
export const logFailure = async (
  { message, fields, ports: { log } }: Isolation,
  work: () => Promise<void>,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof Fault) log.warn(message, { ...fields, code: error.code, detail: error.message });
    else log.error(message, { ...fields, detail: describe(error) });
  }
};

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
