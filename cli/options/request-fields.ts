import { dreyOptionRows, type OptionType, type RequestPart } from './drey-options.ts';
import { UsageError } from './usage-error.ts';
import { findNearest } from './values.ts';

/** Fields of a request, nested as in its body. */
export type RequestFields = Readonly<Record<string, unknown>>;

/**
 * The fields that the `-Ddrey.…` options set in each part of a request.
 *
 * @throws UsageError for an unknown option, an invalid value, and an option without the one that it requires.
 */
export const parseRequestFields = (
  properties: ReadonlyMap<string, string>,
): Readonly<Record<RequestPart, RequestFields>> => {
  assertKnown(properties);
  const given = dreyOptionRows.flatMap(([name, { type, parts, field, requires }]) => {
    const text = properties.get(name);
    if (text === undefined) return [];
    if (requires !== undefined && !properties.has(requires)) throw new UsageError(`-D${name} requires -D${requires}.`);
    const value = parseValue(name, text, type);
    return field === undefined ? [] : [{ parts, path: field.split('.'), value }];
  });
  const fieldsOf = (part: RequestPart) =>
    given
      .filter(({ parts }) => parts.includes(part))
      .reduce<RequestFields>((fields, { path, value }) => withField(fields, path, value), {});
  return {
    deploy: fieldsOf('deploy'),
    submit: fieldsOf('submit'),
    restore: fieldsOf('restore'),
    stop: fieldsOf('stop'),
  };
};

/** An unknown option may be a typing error, and the cluster would start without it. */
const assertKnown = (properties: ReadonlyMap<string, string>): void => {
  const known = dreyOptionRows.map(([name]) => name);
  const unknown = [...properties.keys()].find((key) => key.startsWith('drey.') && !known.includes(key));
  if (unknown === undefined) return;
  const near = findNearest(unknown, known);
  throw new UsageError(
    `Unknown option -D${unknown}.${near === undefined ? '' : ` Did you mean -D${near}?`} \`drey run --help\` lists the options -Ddrey.….`,
  );
};

/** Made at a mistake only, because it loads the language data of Node. */
const formatAlternatives = (values: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(values);

const parseValue = (name: string, text: string, type: OptionType): unknown => {
  if (typeof type !== 'string') {
    if (type.includes(text)) return text;
    throw invalidValue(name, text, formatAlternatives(type));
  }
  switch (type) {
    case 'integer':
      if (/^-?\d+$/.test(text)) return Number(text);
      throw invalidValue(name, text, 'a whole number');
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      throw invalidValue(name, text, 'true or false');
    case 'time':
      if (!Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
      throw invalidValue(name, text, 'a time such as 2026-11-24T06:00:00Z');
    case 'list':
      return text.split(',').map((item) => item.trim());
    default:
      return text;
  }
};

const invalidValue = (name: string, text: string, expected: string) =>
  new UsageError(`-D${name} must be ${expected}, not "${text}".`);

const withField = (fields: RequestFields, [name = '', ...rest]: readonly string[], value: unknown): RequestFields => {
  if (rest.length === 0) return { ...fields, [name]: value };
  const inner = fields[name];
  return { ...fields, [name]: withField(typeof inner === 'object' ? { ...inner } : {}, rest, value) };
};
