import { countMemberBytes } from './answer-size.ts';

/** An answer of the API has at most 6 MB, with its other members and headers. */
const maxBytes = 5_500_000;
/** Of the quotes around a text, which are escaped as well, and of the end of a line. */
const quotesBytes = countMemberBytes('');
const newlineBytes = countMemberBytes('\n') - quotesBytes;

interface Selection {
  readonly lines: number;
  /** Only the lines with this text, in any case. */
  readonly grep?: string | undefined;
  /** Whether each line begins with its time, which is left out. */
  readonly hasTimes?: boolean;
  /** Only the lines from this time on, where they have times. */
  readonly after?: Date | undefined;
}

/**
 * The last lines of a log that a query selects, whether its size leaves out some of them, and whether the query would have
 * selected older lines if the log began earlier.
 */
export const selectLines = (
  log: string,
  { lines, grep, hasTimes = false, after }: Selection,
): { readonly text: string; readonly isCut: boolean; readonly isToStart: boolean } => {
  const wanted = grep?.toLowerCase();
  const from = after?.toISOString() ?? '';
  const all = log.replace(/\n$/, '').split('\n');
  const selected: string[] = [];
  let bytes = 0;
  for (let index = all.length - 1; index >= 0 && selected.length < lines; index -= 1) {
    const { time, text } = parseLine(all[index] ?? '', hasTimes);
    if (time !== '' && time < from) return { text: toText(selected), isCut: false, isToStart: false };
    if (wanted !== undefined && !text.toLowerCase().includes(wanted)) continue;
    bytes += countMemberBytes(text) - quotesBytes + newlineBytes;
    if (bytes > maxBytes) return { text: toText(selected), isCut: true, isToStart: false };
    selected.push(text);
  }
  return { text: toText(selected), isCut: false, isToStart: selected.length < lines };
};

/** Kubernetes writes nanoseconds, and a time sorts as a text. */
const timeOfLine = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z /;

const parseLine = (line: string, hasTimes: boolean): { readonly time: string; readonly text: string } => {
  const [time = ''] = hasTimes ? (timeOfLine.exec(line) ?? []) : [];
  return { time: time.trimEnd(), text: line.slice(time.length) };
};

const toText = (newestFirst: readonly string[]): string =>
  newestFirst.length === 0 ? '' : `${newestFirst.toReversed().join('\n')}\n`;
