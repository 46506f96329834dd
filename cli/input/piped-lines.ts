import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Lines, one after the other. */
export interface Lines extends Disposable {
  /** The next line; undefined at the end. */
  readonly next: () => Promise<string | undefined>;
}

/** The lines of a stream, of which the next may be looked at before it is taken. */
export interface PipedLines extends Lines {
  /** As `next`, but leaves it there; undefined also when none has come so soon. */
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
      return textOf(result);
    },
    peek: async (withinMs) => {
      const enough = new AbortController();
      const late = sleep(withinMs, undefined, { signal: enough.signal }).catch(() => undefined); // it came in time
      const result = await Promise.race([lookAhead(), late]);
      enough.abort();
      return textOf(result);
    },
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', close);
      reader.close();
    },
  };
};

const textOf = (result: IteratorResult<string> | undefined): string | undefined =>
  result === undefined || result.done === true ? undefined : result.value;
