import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Input, Output } from './context.ts';

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

interface Terminal {
  readonly stdin: Input;
  /** Where the prompt and what is typed are shown. */
  readonly output: Output;
  readonly prompt: string;
  /** Newest first. */
  readonly history: readonly string[];
  readonly complete: (line: string) => Promise<readonly string[]>;
  /** Ctrl-C, which a terminal that is edited on does not send as a signal. */
  readonly onInterrupt: (typed: string) => void;
}

const longestHistory = 500;

export const openTerminal = ({ stdin, output, prompt, history, complete, onInterrupt }: Terminal): Lines => {
  const reader = createInterface({
    input: stdin,
    output,
    terminal: true,
    prompt,
    history: [...history],
    historySize: longestHistory,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: Error | null, found: [string[], string]) => void) => {
      const word = /\S*$/.exec(line)?.[0] ?? '';
      const tell = (found: readonly string[]) => done(null, [found.map((one) => `${one} `), word]);
      complete(line).then(tell, () => tell([])); // without the API there is nothing to complete
    },
  });
  const typedAhead: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let ended = false;
  let atPrompt = false;
  const ask = () => {
    atPrompt = true;
    reader.prompt();
  };
  const answer = (line: string | undefined) => {
    waiting?.(line);
    waiting = undefined;
  };
  reader.on('line', (line) => {
    atPrompt = false;
    if (waiting === undefined) typedAhead.push(line);
    else answer(line);
  });
  reader.on('close', () => {
    ended = true;
    if (atPrompt) output.write('\n');
    answer(undefined);
  });
  reader.on('SIGINT', () => {
    const typed = reader.line;
    atPrompt = false;
    output.write('^C\n');
    for (const name of typed === '' ? [] : ['e', 'u']) reader.write(null, { ctrl: true, name });
    onInterrupt(typed);
    if (waiting !== undefined && typed !== '') ask();
  });
  return {
    next: () =>
      new Promise((resolve) => {
        const line = typedAhead.shift();
        if (line !== undefined || ended) return resolve(line);
        waiting = resolve;
        return ask();
      }),
    [Symbol.dispose]: () => reader.close(),
  };
};
