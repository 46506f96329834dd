import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** The lines of a stream, of which the next may be looked at before it is taken. */
export interface InputLines extends Disposable {
  /** The next line; undefined at the end. */
  readonly next: () => Promise<string | undefined>;
  /** As `next`, but leaves it there; undefined also when none has come so soon. */
  readonly peek: (withinMs: number) => Promise<string | undefined>;
}

export const openInput = (stream: NodeJS.ReadableStream, signal: AbortSignal): InputLines => {
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

const helpLines = [
  'Available commands:',
  'help - show these commands',
  'stop - stop the kubernetes cluster',
  'quit - quit attach mode',
];

/**
 * Takes commands until one ends it.
 *
 * @returns What ended it; `end` is the end of the input.
 * @see Flink 2.2 `KubernetesSessionCli.repStep`
 */
export const attachedLoop = async (
  input: Pick<InputLines, 'next'>,
  note: (line: string) => void,
): Promise<'stop' | 'quit' | 'end'> => {
  for (;;) {
    const line = await input.next();
    switch (line?.trim()) {
      case undefined:
        return 'end';
      case 'stop':
        return 'stop';
      case 'quit':
        return 'quit';
      case 'help':
        helpLines.forEach(note);
        break;
      default:
        note(`Unknown command '${line}'. Showing help:`);
        helpLines.forEach(note);
    }
  }
};
