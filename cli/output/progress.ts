import { styleText } from 'node:util';

import type { Output } from './streams.ts';

/** Tells on stderr what is waited for, until it is disposed of. */
export interface Progress extends Disposable {
  readonly phase: (text: string | undefined) => void;
  /** Something on the way is reached: its line stays. */
  readonly reached: (line: string) => void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** A terminal that does not know its width says 0. */
const widthUnknown = 80;

const clearLine = '\r\u001B[2K';

/** On a terminal one line that is written anew, elsewhere a line for each phase. */
export const showProgress = (what: string, stream: Output): Progress =>
  stream.isTTY === true ? onTerminal(what, stream) : asLines(what, stream);

const onTerminal = (what: string, stream: Output): Progress => {
  const started = Date.now();
  let phase: string | undefined;
  let tick = 0;
  const draw = () => {
    const frame = frames[tick++ % frames.length] ?? '';
    const line = `${frame} ${describe(what, phase, started)}`;
    stream.write(`${clearLine}${line.slice(0, (stream.columns || widthUnknown) - 1)}`);
  };
  const timer = setInterval(draw, 120);
  draw();
  return {
    phase: (text) => {
      phase = text;
    },
    reached: (line) => {
      stream.write(`${clearLine}${styleText('green', '✔', { stream })} ${line}\n`);
      draw();
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      stream.write(clearLine);
    },
  };
};

const asLines = (what: string, stream: Output): Progress => {
  const started = Date.now();
  let last: string | undefined;
  stream.write(`${what} …\n`);
  return {
    phase: (text) => {
      if (text !== undefined && text !== last) stream.write(`${describe(what, text, started)}\n`);
      last = text;
    },
    reached: (line) => void stream.write(`${line}\n`),
    [Symbol.dispose]: () => {},
  };
};

const describe = (what: string, phase: string | undefined, started: number) =>
  `${what}${phase === undefined ? '' : `: ${phase}`} (${Math.round((Date.now() - started) / 1_000)} s)`;
