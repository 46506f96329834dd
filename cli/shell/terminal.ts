import { createInterface } from 'node:readline';

import type { Lines } from '#cli/input/piped-lines.ts';
import type { Input, Output } from '#cli/output/streams.ts';

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
