import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A source of lines. */
export interface Lines extends Disposable {
  /** The next line; undefined at the end. */
  readonly next: () => Promise<string | undefined>;
}

/** The lines of a stream, with a view of the next line. */
export interface PipedLines extends Lines {
  /** The next line without consuming it; undefined also when none arrives within the time. */
  readonly peek: (withinMs: number) => Promise<string | undefined>;
}

export const openPipe = (stream: NodeJS.ReadableStream, signal: AbortSignal): PipedLines => {
  const reader = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  const lines = reader[Symbol.asyncIterator]();
  const close = () => reader.close();
  signal.addEventListener('abort', close);
  let upcoming: Promise<IteratorResult<string>> | undefined;
  const lookAhead = () => (upcoming ??= lines.next());
  return {
    next: async () => {
      const result = await lookAhead();
      upcoming = undefined;
      signal.throwIfAborted();
      return lineOf(result);
    },
    peek: async (withinMs) => {
      const arrived = new AbortController();
      const timeout = sleep(withinMs, undefined, { signal: arrived.signal }).catch(() => undefined); // the line arrived in time
      const result = await Promise.race([lookAhead(), timeout]);
      arrived.abort();
      return lineOf(result);
    },
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', close);
      reader.close();
    },
  };
};

const lineOf = (result: IteratorResult<string> | undefined): string | undefined =>
  result === undefined || result.done === true ? undefined : result.value;
