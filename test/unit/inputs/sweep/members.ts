import * as z from 'zod';

/** A member of a schema: the keys that lead to it. */
export type MemberPath = readonly (string | number)[];

/** Every member of a schema, those of maps, lists and unions included. A map has one member, with a valid name. */
export const listMembers = (schema: z.ZodType, key = 'name'): readonly MemberPath[] => {
  const inner = listInner(schema, key);
  const paths = inner.flatMap(([name, member]) => [[name], ...listMembers(member, key).map((path) => [name, ...path])]);
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
};

const listInner = (schema: z.ZodType, key: string): readonly (readonly [string | number, z.ZodType])[] => {
  const unwrapped = unwrap(schema);
  if (unwrapped instanceof z.ZodObject) return Object.entries(unwrapped.shape);
  if (unwrapped instanceof z.ZodRecord) {
    const { keyType, valueType } = unwrapped as z.ZodRecord<z.ZodType<string>, z.ZodType>;
    return (keyType instanceof z.ZodEnum ? keyType.options : [key]).map((name) => [String(name), valueType]);
  }
  if (unwrapped instanceof z.ZodArray) return [[0, unwrapped.element as z.ZodType]];
  if (unwrapped instanceof z.ZodUnion) return (unwrapped.options as z.ZodType[]).flatMap((one) => listInner(one, key));
  return [];
};

const unwrap = (schema: z.ZodType): z.ZodType => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType);
  return schema;
};

/** The value with another value at a path. Missing maps and lists are added. */
export const setMember = (value: unknown, [key, ...rest]: MemberPath, member: unknown): unknown => {
  if (key === undefined) return member;
  if (typeof key === 'number') return [setMember(Array.isArray(value) ? value[key] : undefined, rest, member)];
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return { ...object, [key]: setMember(Reflect.get(object, key), rest, member) };
};

/** One value of each kind that a member may wrongly have. */
export const wrongValues: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a large number', 1e300],
  ['a negative number', -1],
  ['a fraction', 0.5],
  ['a boolean', true],
  ['a list', []],
  ['a list with a list', [[1]]],
  ['a list with null', [null]],
  ['a map', {}],
  ['a map with a map', { '': { a: null } }],
  ['empty text', ''],
  ['a blank', ' '],
  ['text', 'NaN'],
  ['text with a line break', 'a\nb'],
  ['text with NUL', 'a\0'],
  ['half a surrogate pair', '\ud800'],
  ['long text', 'x'.repeat(3_000)],
  ['the name of a prototype', '__proto__'],
];

/** Words of the validator, which say nothing to a caller. */
export const validatorWords =
  /invalid input|too (small|big)|expected (string|number|int|boolean|object|array|record|one of|nonoptional)|received|unrecogni[sz]ed key|invalid (option|string|key|element|value|enum|type|iso|url|datetime|base64|discriminator|number|union)|must match pattern|\bnever\b|\bzod\b|\[object Object\]|\bundefined\b|cannot read prop|is not a function|is not iterable/i;

/** Pointers and fields of the API for which the command line has other words. */
export const fieldsOfApi =
  /(?<=^|[\s"'`(])\/(config|job|jar|sql|python|restore|podTemplates|lifetime|labels|clusterId|savepoint|ttl|until|idleAfter|warnBefore|expression|selector|spec|deadline|dependsOn|priority|directory|timezone|correlationId)(?=[/:\s])|\b(scriptUri|fromCluster|allowEmptyState|entryClass|claimMode:|savepointDirectory|onFailure|dependsOn|idleAfter|warnBefore)\b|\b(job\.)?restore\.(path|fromCluster)\b|\buse module\b/m;

/** The shortest text that says something. Two fields may both be "required". */
export const minTextLength = 25;

/** A text that an output says twice: a line, or a mistake in a list and outside of it. Two options may have the same one. */
export const findRepetition = (lines: readonly string[]): readonly [string] | undefined => {
  const isItem = (line: string) => line.startsWith('  ');
  const twice = lines.find((line, index) => {
    const text = line.replace(/^ {2}\S+: /, '').trim();
    return (
      text.length >= minTextLength &&
      lines.some((other, at) => at !== index && (other === line || (!isItem(other) && other.includes(text))))
    );
  });
  return twice === undefined ? undefined : [twice];
};
