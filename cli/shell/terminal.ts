import { createInterface, type Interface } from 'node:readline';

import type { Lines } from '#cli/input/piped-lines.ts';
import type { Input, Output } from '#cli/output/streams.ts';

interface Terminal {
  readonly stdin: Input;
  /** Shows the prompt and the typed text. */
  readonly output: Output;
  readonly prompt: string;
  /** Newest first. */
  readonly history: readonly string[];
  readonly complete: (line: string) => Promise<readonly string[]>;
  /** Called on Ctrl-C, for which a terminal in raw mode sends no signal. */
  readonly onInterrupt: (typed: string) => void;
}

const maxHistory = 500;

/** Reads lines from a terminal, with editing, completion and a history. */
export const openTerminal = (terminal: Terminal): Lines => {
  const { output, onInterrupt } = terminal;
  const reader = createReader(terminal);
  const typedAhead: string[] = [];
  let resolveNext: ((line: string | undefined) => void) | undefined;
  let isClosed = false;
  let atPrompt = false;
  const showPrompt = () => {
    atPrompt = true;
    reader.prompt();
  };
  const resolve = (line: string | undefined) => {
    resolveNext?.(line);
    resolveNext = undefined;
  };
  reader.on('line', (line) => {
    atPrompt = false;
    if (resolveNext === undefined) typedAhead.push(line);
    else resolve(line);
  });
  reader.on('close', () => {
    isClosed = true;
    if (atPrompt) output.write('\n');
    resolve(undefined);
  });
  reader.on('SIGINT', () => {
    const typed = reader.line;
    atPrompt = false;
    output.write('^C\n');
    if (typed !== '') clearLine(reader);
    onInterrupt(typed);
    if (resolveNext !== undefined && typed !== '') showPrompt();
  });
  const next = (done: (line: string | undefined) => void): void => {
    const line = typedAhead.shift();
    if (line !== undefined || isClosed) return done(line);
    resolveNext = done;
    return showPrompt();
  };
  return { next: () => new Promise(next), [Symbol.dispose]: () => reader.close() };
};

const createReader = ({ stdin, output, prompt, history, complete }: Terminal): Interface =>
  createInterface({
    input: stdin,
    output,
    terminal: true,
    prompt,
    history: [...history],
    historySize: maxHistory,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: Error | null, found: [string[], string]) => void) => {
      const word = line.split(/\s/).at(-1) ?? '';
      const offer = (found: readonly string[]) => done(null, [found.map((one) => `${one} `), word]);
      complete(line).then(offer, () => offer([])); // without an answer of the API there are no completions
    },
  });

/** Ctrl-E and Ctrl-U: to the end of the line, then delete to its start. */
const clearLine = (reader: Interface): void => {
  for (const name of ['e', 'u']) reader.write(null, { ctrl: true, name });
};
