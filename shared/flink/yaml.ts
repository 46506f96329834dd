import {
  Document,
  isScalar,
  Lexer,
  LineCounter,
  parseDocument,
  type Scalar,
  type SchemaOptions,
  type ParseOptions,
  type DocumentOptions,
  type ToStringOptions,
  visit,
  YAMLParseError,
} from 'yaml';

/**
 * The maximum for one value of a request, which is read several times within the time of a function. A map has eight for
 * each name, blanks and marks of the lexer included.
 */
const maxTokens = 80_000;
export const tooManyTokens = `has more than ${maxTokens} YAML tokens, about ${maxTokens / 8} entries; write fewer entries`;

/** Whether the text exceeds the maximum. It counts without a parse, which takes much longer, also for text that is not valid. */
export const hasManyTokens = (text: string): boolean => {
  const tokens = new Lexer().lex(text);
  for (let count = 0; count <= maxTokens; count += 1) if (tokens.next().done === true) return false;
  return true;
};

/** An alias is looked up in the whole document, and no file has many. */
const maxAliases = 1_000;

/**
 * Parses a document of YAML. The time grows with the length of the text: the library compares each key of a map with all
 * others, and cuts the line of each error out of the text.
 *
 * @returns The document. Its first error has the line and the column in its message.
 */
export const parseYaml = (
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions = {},
): Document.Parsed => {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { ...options, lineCounter, uniqueKeys: false, prettyErrors: false });
  if (document.errors.length === 0) document.errors.push(...findStructureErrors(document));
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    error.message += ` at line ${line}, column ${col}`;
  }
  return document;
};

/** The first key that a map has twice, or alias above the maximum. */
const findStructureErrors = (document: Document.Parsed): readonly YAMLParseError[] => {
  const errors: YAMLParseError[] = [];
  let aliases = 0;
  const stop = (
    range: readonly number[] | null | undefined,
    ...error: [code: 'DUPLICATE_KEY' | 'RESOURCE_EXHAUSTION', message: string]
  ) => {
    const [start = 0] = range ?? [];
    errors.push(new YAMLParseError([start, start + 1], ...error));
    return visit.BREAK;
  };
  visit(document, {
    Map: (_place, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) return stop(key.range, 'DUPLICATE_KEY', 'Map keys must be unique');
        keys.add(key.value);
      }
      return undefined;
    },
    Alias: (_place, { range }) => {
      aliases += 1;
      return aliases > maxAliases ? stop(range, 'RESOURCE_EXHAUSTION', `More than ${maxAliases} aliases`) : undefined;
    },
  });
  return errors;
};

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
