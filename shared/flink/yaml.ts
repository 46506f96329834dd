import { Document, type Scalar, type ToStringOptions, visit } from 'yaml';

/**
 * YAML in which readers of YAML 1.1, such as kubectl, and of YAML 1.2, such as Flink, read each text as it is. Long lines
 * are not folded.
 */
export const toYamlText = (value: unknown): string => print(value, {});

/** The same in one line: `[a, b]`. */
export const toYamlLine = (value: unknown): string =>
  print(value, { collectionStyle: 'flow', flowCollectionPadding: false }).trim();

const print = (value: unknown, options: ToStringOptions): string => {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_place, node) => {
      if (typeof node.value === 'string') node.type = chooseStyle(node.value);
    },
  });
  return document
    .toString({
      singleQuote: true,
      lineWidth: 0,
      doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
      ...options,
    })
    .replaceAll(everyUnreadable, toEscape);
};

/** A character that readers refuse, remove or take for a line break, unless it is escaped in double quotes. */
export const unreadable = /[^\t\n -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

const everyUnreadable = new RegExp(unreadable, 'gu');

/** The escape of a character in double quotes. */
export const toEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const chooseStyle = (text: string): Scalar.Type => {
  if (unreadable.test(text)) return 'QUOTE_DOUBLE';
  if (text.includes('\n')) return block.test(text) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
  return plain.test(text) && !typedWord.test(text) ? 'PLAIN' : 'QUOTE_SINGLE';
};

/** Text without blanks at its start, and with at most one line break at its end. Readers disagree about other blocks. */
const block = /^\S[^]*\S\n?$/;

/** Words, paths and options of a command line, and amounts with a unit. Each reader has its own idea of other numbers. */
const plain = /^(?:(?:--?)?[a-z$/](?:[\w.$/=,@-]|:(?! |$)| (?! |$|#|:))*|[1-9]\d*[a-z]{1,2})$/i;

/** Some readers take `e0` for a number. */
const typedWord = /^(y|yes|n|no|on|off|true|false|null|-?e-?\d+)$/i;
