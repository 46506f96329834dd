import { stripVTControlCharacters } from 'node:util';

/**
 * Characters that change what a terminal shows instead of being shown: controls but tab and line feed, and those that set
 * the direction of the text.
 */
const unsafe = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

const isKept = (character: string): boolean => character === '\n' || character === '\t';

/** The text without escape sequences, and with a replacement character for each other unsafe character. */
export const toSafeText = (text: string): string =>
  stripVTControlCharacters(text).replace(unsafe, (character) => (isKept(character) ? character : '\uFFFD'));

/**
 * The value with only text that is safe to print. A program chooses the names of its jobs and the messages of its
 * exceptions, so an answer of the API may have any character.
 */
export const toSafeValue = (value: unknown): unknown => {
  if (typeof value === 'string') return toSafeText(value);
  if (Array.isArray(value)) return value.map(toSafeValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [toSafeText(name), toSafeValue(member)]));
};

/** JSON, or YAML with double quotes, that has the unsafe characters as escapes, and therefore the same value. */
export const escapeUnsafe = (json: string): string =>
  json.replace(unsafe, (character) =>
    isKept(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Whether the text has a character that a terminal would not show. */
export const hasUnsafe = (text: string): boolean => text.search(unsafe) !== -1;

/** A text on one line, because each line of a list is a row. The name of a job may be a statement with several lines. */
export const toOneLine = (text: string): string => {
  const [first = '', ...others] = text.split('\n');
  return [first.trimEnd(), ...others.map((line) => line.trim()).filter((line) => line !== '')].join(' ');
};

/** A text whose further lines are indented, so that none of them looks like a line of its own. */
export const indentLines = (text: string, spaces: number): string => text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
