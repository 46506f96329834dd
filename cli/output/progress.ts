import { styleText } from 'node:util';

import { toOneLine, toSafeText } from './safe-text.ts';
import type { Output } from './streams.ts';

/** Shows on stderr what the command waits for, until it is disposed. */
export interface Progress extends Disposable {
  readonly showPhase: (text: string | undefined) => void;
  /** Prints a line about a completed phase, which stays. */
  readonly keepLine: (line: string) => void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** The width of a terminal that reports 0 columns. */
const widthUnknown = 80;

const clearLine = '\r\u001B[2K';

/** On a terminal one line that is redrawn, elsewhere one line per phase. The texts may have any character. */
export const showProgress = (title: string, stream: Output): Progress => {
  const safeTitle = toSafeText(title);
  const progress = stream.isTTY === true ? onTerminal(safeTitle, stream) : asLines(safeTitle, stream);
  return {
    showPhase: (text) => progress.showPhase(text === undefined ? undefined : toSafeText(text)),
    keepLine: (line) => progress.keepLine(toSafeText(line)),
    [Symbol.dispose]: () => progress[Symbol.dispose](),
  };
};

const onTerminal = (title: string, stream: Output): Progress => {
  const startedAt = Date.now();
  let phase: string | undefined;
  let tick = 0;
  const draw = () => {
    const frame = frames[tick++ % frames.length] ?? '';
    const line = `${frame} ${formatProgress(title, phase, startedAt)}`;
    stream.write(`${clearLine}${line.slice(0, (stream.columns || widthUnknown) - 1)}`);
  };
  const timer = setInterval(draw, 120);
  draw();
  return {
    showPhase: (text) => {
      phase = text;
    },
    keepLine: (line) => {
      stream.write(`${clearLine}${styleText('green', '✔', { stream })} ${line}\n`);
      draw();
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      stream.write(clearLine);
    },
  };
};

const asLines = (title: string, stream: Output): Progress => {
  const startedAt = Date.now();
  let last: string | undefined;
  stream.write(`${title} …\n`);
  return {
    showPhase: (text) => {
      if (text !== undefined && text !== last) stream.write(`${formatProgress(title, text, startedAt)}\n`);
      last = text;
    },
    keepLine: (line) => void stream.write(`${line}\n`),
    [Symbol.dispose]: () => {},
  };
};

const formatProgress = (title: string, phase: string | undefined, startedAt: number) =>
  `${title}${phase === undefined ? '' : `: ${toOneLine(phase)}`} (${Math.round((Date.now() - startedAt) / 1_000)} s)`;
