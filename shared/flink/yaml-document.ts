/** The YAML of files, which the command line reads. The functions read only the YAML of options (`option-yaml.ts`). */
import {
  type Document,
  isCollection,
  isScalar,
  LineCounter,
  parseDocument,
  type SchemaOptions,
  type ParseOptions,
  type DocumentOptions,
  visit,
  YAMLParseError,
} from 'yaml';

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

/** The first key that a map has twice, alias of a value that contains it, or alias above the maximum. */
export const findStructureErrors = (document: Document.Parsed): readonly YAMLParseError[] => {
  const errors: YAMLParseError[] = [];
  let aliases = 0;
  const stop = (
    range: readonly number[] | null | undefined,
    ...error: [code: 'BAD_ALIAS' | 'DUPLICATE_KEY' | 'RESOURCE_EXHAUSTION', message: string]
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
    Alias: (_place, { range, source }, ancestors) => {
      aliases += 1;
      if (ancestors.some((one) => isCollection(one) && one.anchor === source))
        return stop(range, 'BAD_ALIAS', `Alias ${source} stands in the value that it refers to`);
      return aliases > maxAliases ? stop(range, 'RESOURCE_EXHAUSTION', `More than ${maxAliases} aliases`) : undefined;
    },
  });
  return errors;
};
