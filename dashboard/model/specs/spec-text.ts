import { type Document, isAlias, isCollection, LineCounter, parseDocument } from 'yaml';

import { parseYaml } from '#shared/flink/yaml-document.ts';

/** The body of a deploy. The API validates it. */
export type Spec = Readonly<Record<string, unknown>>;

/** Names of members, and positions in lists. */
export type SpecPath = readonly (string | number)[];

/** What a text of YAML is, or why it is no spec. */
interface SpecText {
  readonly spec: Spec | undefined;
  readonly mistakes: readonly string[];
}

/** Reads the text of `drey apply -f`: one document, which is a mapping. JSON is YAML. */
export const readSpec = (text: string): SpecText => {
  const document = parseYaml(text);
  const mistakes = document.errors.slice(0, 1).map(({ message }) => message);
  if (mistakes.length > 0) return { spec: undefined, mistakes };
  try {
    const value: unknown = document.toJS() ?? {};
    if (isSpec(value)) return { spec: value, mistakes: [] };
  } catch (error) {
    return { spec: undefined, mistakes: [error instanceof Error ? error.message : String(error)] }; // too many aliases
  }
  return {
    spec: undefined,
    mistakes: ['The top level must be a mapping, with the members mode, clusterId and config.'],
  };
};

const isSpec = (value: unknown): value is Spec => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The text with another value at the path. All other members stay as they are, with their comments.
 *
 * @param value Undefined removes the member, and the mappings around it that are empty then.
 */
export const editSpec = (text: string, path: SpecPath, value: unknown): string => {
  const document = parseDocument(text);
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
    for (let parent = path.slice(0, -1); parent.length > 0; parent = parent.slice(0, -1)) {
      const node = document.getIn(parent);
      if (!isCollection(node) || node.items.length > 0) break;
      document.deleteIn(parent);
    }
  } else {
    for (let length = 1; length < path.length; length += 1) openMapping(document, path.slice(0, length));
    document.setIn(path, value);
  }
  return document.toString({ lineWidth: 0 });
};

/** Makes a mapping of what has no members, and of a reference to another part of the document. */
const openMapping = (document: Document, path: SpecPath): void => {
  const node = document.getIn(path, true);
  if (node === undefined || isCollection(node)) return;
  const value: unknown = isAlias(node) ? node.resolve(document)?.toJS(document) : {};
  document.setIn(path, document.createNode(value));
};

/** The value at the path. */
export const getIn = (spec: Spec, path: SpecPath): unknown =>
  path.reduce<unknown>((value, name) => (isMembers(value) ? value[name] : undefined), spec);

const isMembers = (value: unknown): value is Readonly<Record<string | number, unknown>> =>
  typeof value === 'object' && value !== null;

/** The value at the path as a text for an input. Empty: there is none, or it is no plain value. */
export const getText = (spec: Spec, path: SpecPath): string => {
  const value = getIn(spec, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};

/** The options of Flink in the spec, as texts. */
export const listOptions = (spec: Spec): readonly (readonly [string, string])[] => {
  const config = getIn(spec, ['config']);
  return isMembers(config) ? Object.keys(config).map((key) => [key, getText(spec, ['config', key])]) : [];
};

/** The path of a JSON pointer. */
const parsePointer = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The JSON pointer of a path. */
export const toPointer = (path: SpecPath): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The line of what a pointer names, or of the nearest member around it. Undefined: no part of it is in the text. */
export const findLine = (text: string, pointer: string): number | undefined => {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  for (let path = parsePointer(pointer); path.length > 0; path = path.slice(0, -1)) {
    const node = document.getIn(path, true);
    const start = hasRange(node) ? node.range[0] : undefined;
    if (start !== undefined) return lineCounter.linePos(start).line;
  }
  return undefined;
};

const hasRange = (node: unknown): node is { readonly range: readonly [number, number, number] } =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
