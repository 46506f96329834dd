import {
  COLLECTION_STYLE,
  type CollectionStyle,
  CORE_SCHEMA,
  jsToAst,
  present,
  realMapTag,
  SCALAR_STYLE,
  type ScalarStyle,
  strTag,
  visit,
} from 'js-yaml';

/**
 * YAML in which readers of YAML 1.1, such as kubectl, and of YAML 1.2, such as Flink, read each text as it is. Long lines
 * are not folded.
 */
export const toYamlText = (value: unknown): string => print(value, COLLECTION_STYLE.BLOCK);

/** The same in one line: `[a, b]`. */
export const toYamlLine = (value: unknown): string => print(value, COLLECTION_STYLE.FLOW).trim();

const print = (value: unknown, collectionStyle: CollectionStyle): string => {
  const schema = CORE_SCHEMA.withTags(realMapTag); // A `Map` may have keys of any type.
  const documents = jsToAst(value, schema, { noRefs: true });
  visit(documents, (node) => {
    if (node.kind === 'mapping' || node.kind === 'sequence') node.style = collectionStyle;
    else if (node.kind === 'scalar' && node.tag === strTag.tagName) node.style = chooseStyle(node.value);
  });
  return present(documents, { schema, lineWidth: -1 }).replaceAll(everyUnreadable, toEscape);
};

/** A character that readers refuse, remove or take for a line break, unless it is escaped in double quotes. */
export const unreadable = /[^\t\n -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

const everyUnreadable = new RegExp(unreadable, 'gu');

/** The escape of a character in double quotes. */
export const toEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const chooseStyle = (text: string): ScalarStyle => {
  if (unreadable.test(text)) return SCALAR_STYLE.DOUBLE_QUOTED;
  if (text.includes('\n')) return block.test(text) ? SCALAR_STYLE.LITERAL_BLOCK : SCALAR_STYLE.DOUBLE_QUOTED;
  return plain.test(text) && !typedWord.test(text) ? SCALAR_STYLE.PLAIN : SCALAR_STYLE.SINGLE_QUOTED;
};

/** Text without blanks at its start, and with at most one line break at its end. Readers disagree about other blocks. */
const block = /^\S[^]*\S\n?$/;

/** Words, paths and options of a command line, and amounts with a unit. Each reader has its own idea of other numbers. */
const plain = /^(?:(?:--?)?[a-z$/](?:[\w.$/=,@-]|:(?! |$)| (?! |$|#|:))*|[1-9]\d*[a-z]{1,2})$/i;

/** Some readers take `e0` for a number. */
const typedWord = /^(y|yes|n|no|on|off|true|false|null|-?e-?\d+)$/i;
