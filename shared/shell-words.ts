/** The words as a command line of bash that a person can copy. */
export const toCommandLine = (words: readonly string[]): string => words.map(quoteWord).join(' ');

/** Controls and characters that set the direction of text. A line break would end a comment. */
const escaped = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/u;

const everyEscaped = new RegExp(escaped, 'gu');

/** One word of a shell command. */
export const quoteWord = (word: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!escaped.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const content = word
    .replaceAll(/['\\]/g, String.raw`\$&`)
    .replaceAll(everyEscaped, (one) => String.raw`\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `$'${content}'`;
};
