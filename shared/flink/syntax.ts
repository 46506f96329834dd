import { Fault } from '#events/problems/problem.ts';
import { shorten } from '#events/problems/shorten.ts';

import { readOptionYaml } from './option-yaml.ts';
import { unreadable } from './yaml.ts';

/** This file parses the values of options. Each parser throws Fault `refused-option` for text of another form. */

const maxQuoteLength = 80;

/** The value in quotes for a message, shortened when it is long. */
const quote = (text: string): string => `'${shorten(text, maxQuoteLength)}'`;

/** The refusal of a text that does not fit the type of an option. Its message quotes the text. */
export class UnreadableValue extends Fault {
  /** The message for a value that may be a secret. */
  readonly withoutValue: string;

  /** @param reasonWithoutValue The reason, if it quotes a part of the text. */
  constructor(text: string, reason: string, reasonWithoutValue = reason) {
    super('refused-option', `${quote(text)} ${reason}`);
    this.withoutValue = `the value ${reasonWithoutValue}`;
  }
}

const createRefusal = (text: string, reason: string, reasonWithoutValue?: string): Fault =>
  new UnreadableValue(text, reason, reasonWithoutValue);

/** `String.trim` of Java, which removes other characters than that of JavaScript. */
export const trimBlanks = (text: string): string => text.replace(/^[\0- ]+|(?<![\0- ])[\0- ]+$/g, '');

const units: readonly (readonly [bytes: bigint, names: readonly string[]])[] = [
  [1n, ['', 'b', 'bytes']],
  [2n ** 10n, ['k', 'kb', 'kibibytes']],
  [2n ** 20n, ['m', 'mb', 'mebibytes']],
  [2n ** 30n, ['g', 'gb', 'gibibytes']],
  [2n ** 40n, ['t', 'tb', 'tebibytes']],
];
const maxMemoryBytes = 2n ** 63n - 1n;

/**
 * A memory size in bytes: `1600m`, `1 gb`, `1048576`. Every unit is a power of 1024.
 *
 * @see Flink 2.2 `MemorySize.parseBytes`
 */
export const parseMemorySize = (text: string): bigint => {
  const [, digits, unit] = /^(\d+)[\0- ]*([a-z]*)$/.exec(trimBlanks(text).toLowerCase()) ?? [];
  const factor = units.find(([, names]) => unit !== undefined && names.includes(unit))?.[0];
  if (digits === undefined || factor === undefined)
    throw createRefusal(text, 'is not a memory size; write a number and one of the units b, k, m, g, t');
  const bytes = BigInt(digits) * factor;
  if (bytes > maxMemoryBytes) throw createRefusal(text, `exceeds the maximum memory size of ${maxMemoryBytes} bytes`);
  return bytes;
};

const timeUnits: readonly (readonly [ms: number, names: readonly string[]])[] = [
  [1e-6, ['ns', 'nano', 'nanosecond']],
  [1e-3, ['µs', 'micro', 'microsecond']],
  [1, ['', 'ms', 'milli', 'millisecond']],
  [1_000, ['s', 'sec', 'second']],
  [60_000, ['m', 'min', 'minute']],
  [3_600_000, ['h', 'hour']],
  [86_400_000, ['d', 'day']],
];

/**
 * A duration in milliseconds: `50 ms`, `1 min`, `2 hours`. A number without a unit is in milliseconds.
 *
 * @see Flink 2.2 `TimeUtils.parseDuration`, which also takes the ISO form `PT1M`
 */
export const parseDuration = (text: string): number => {
  const iso = /^p(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?)?$/i.exec(trimBlanks(text));
  if (iso !== null && iso[0].length > 2) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = iso.slice(1).map((part) => Number(part ?? 0));
    return limitDuration(text, (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000);
  }
  const [, digits, unit = ''] = /^(\d+)[\0- ]*([a-zµ]*)$/.exec(trimBlanks(text).toLowerCase()) ?? [];
  const singular = unit.length > 3 ? unit.replace(/s$/, '') : unit;
  const factor = timeUnits.find(([, names]) => names.includes(singular))?.[0];
  if (digits === undefined || factor === undefined)
    throw createRefusal(text, 'is not a duration; write a number and one of the units ms, s, min, h, d');
  if (BigInt(digits) > maxLong) throw createRefusal(text, tooLong);
  return limitDuration(text, Number(digits) * factor);
};

const maxLong = 2n ** 63n - 1n;
const tooLong = 'is longer than the longest duration of Flink; write at most 9223372036854775807 ms';

/** Java's Duration has its seconds as a long. */
const limitDuration = (text: string, ms: number): number => {
  if (ms / 1_000 >= Number(maxLong)) throw createRefusal(text, tooLong);
  return ms;
};

export const parseText = (text: string): string => text;

export const parseInteger = (text: string): number => {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) + 0 : Number.NaN; // -0 becomes 0
  if (!(value >= -(2 ** 31) && value < 2 ** 31)) throw createRefusal(text, 'is not an integer');
  return value;
};

export const parseDouble = (text: string): number => {
  const value = Number(trimBlanks(text));
  if (Number.isFinite(value) && /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimBlanks(text))) return value;
  throw createRefusal(text, 'is not a number');
};

/** A value of Java's type long, within the range that JSON represents exactly. */
export const parseLong = (text: string): number => {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) + 0 : Number.NaN;
  if (!Number.isSafeInteger(value)) throw createRefusal(text, 'is not a whole number');
  return value;
};

/** A fraction below 1 in the precision of Flink's float options: `0.1` is 0.10000000149011612. */
export const parseFraction = (text: string): number => {
  const value = Math.fround(parseDouble(text));
  if (value < 0 || value >= 1) throw createRefusal(text, 'is not a fraction of at least 0 and less than 1');
  return value;
};

/** One port, or 0 for any port. Flink accepts ranges for some options, but Kubernetes requires a single number. */
export const parsePort = (text: string): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 65_535))
    throw createRefusal(
      text,
      'is not a port; write one number from 0 to 65535, because Kubernetes does not support port ranges',
    );
  return value;
};

export const parseBoolean = (text: string): boolean => {
  const value = text.toLowerCase();
  if (value !== 'true' && value !== 'false') throw createRefusal(text, 'is neither true nor false');
  return value === 'true';
};

/** One of `values` in its spelling there. The case of the text does not matter. */
export const parseEnum = (values: readonly string[], text: string): string => {
  const value = values.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (value === undefined) throw createRefusal(text, `is not one of ${values.join(', ')}`);
  return value;
};

/** A list: `a;b`, or a YAML list such as `[a, b]`. */
export const parseList = (text: string): readonly string[] => {
  const items = tryParseYaml(text);
  return Array.isArray(items) ? items.map((item) => toScalarText(item, text)) : split(text, ';');
};

/** A map: `a:1,b:2`, or a YAML map such as `{a: 1, b: 2}`. */
export const parseMap = (text: string): Readonly<Record<string, string>> => {
  const map = tryParseYaml(text);
  return map instanceof Map ? toTextMap(map, text) : parsePairs(text);
};

/** A list of maps: `a:1,b:2;a:3`, or a YAML list of maps such as `[{a: 1, b: 2}, {a: 3}]`. */
export const parseMaps = (text: string): readonly Readonly<Record<string, string>>[] => {
  const items = tryParseYaml(text);
  if (!Array.isArray(items)) return split(text, ';').map(parseShortMap);
  return items.map((item) => {
    if (item instanceof Map) return toTextMap(item, text);
    throw createRefusal(text, 'is not a list of maps');
  });
};

/** An item of a list in the short form. Flink 1.20 reads it as pairs, and Flink 2 as YAML if it is YAML. */
const parseShortMap = (item: string): Readonly<Record<string, string>> => {
  const [pairs, map] = [parsePairs(item), parseMap(item)];
  if (JSON.stringify(pairs) === JSON.stringify(map)) return pairs;
  throw createRefusal(item, `is also YAML with another meaning; write the list in YAML: [{name: 'value'}]`);
};

/** The YAML list or map; undefined for the short forms, which are not YAML. */
const tryParseYaml = (text: string): unknown => {
  const yaml = readOptionYaml(text);
  if (yaml.kind === 'too-long') throw createRefusal(text, yaml.reason);
  if (yaml.kind === 'invalid' && !/^\s*[[{]/.test(text)) return undefined;
  if (yaml.kind === 'invalid')
    throw createRefusal(
      text,
      `starts like YAML, but it is not valid: ${yaml.reason}`,
      'starts like YAML, but it is not valid',
    );
  if (unreadable.test(text) || text.includes('\t'))
    throw createRefusal(text, 'contains a control character; in YAML, write it as an escape in double quotes');
  if (yaml.kind === 'ambiguous')
    throw createRefusal(
      text,
      'contains text that starts with &, *, !, ? or :, which has a meaning in YAML; put it in quotes',
    );
  return yaml.tree;
};

/** The names and values of a YAML map or list that YAML reads as another text than the written one: `7e10`, `1.20`. */
export const findRetypedValues = (text: string): readonly { readonly written: string; readonly read: string }[] => {
  const yaml = readOptionYaml(text);
  if (yaml.kind !== 'collection') return [];
  return yaml.typed
    .map(({ written, value }) => ({ written, read: typeof value === 'number' ? formatDouble(value) : String(value) }))
    .filter(({ written, read }) => read !== written);
};

/** A scalar in the form of Java. Flink parses YAML with types, and converts the values to text. */
const toScalarText = (value: unknown, text: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return formatDouble(value);
  throw createRefusal(text, 'contains a value that is not text, a number or a boolean');
};

/** A double in the form of Java's YAML: always with a decimal place, and with an exponent when it is very small or large. */
export const formatDouble = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '.nan' : `${value < 0 ? '-' : ''}.inf`;
  const isPlain = value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e7);
  const [digits = '', exponent] = isPlain ? [String(value)] : value.toExponential().split('e');
  const decimal = digits.includes('.') ? digits : `${digits}.0`;
  return exponent === undefined ? decimal : `${decimal}E${Number(exponent)}`;
};

const toTextMap = (map: ReadonlyMap<unknown, unknown>, text: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...map].map(([key, value]) => [toScalarText(key, text), toScalarText(value, text)]));

const pairRule =
  "must be a key and a value, separated by one ':'; separate several pairs with ',', and put text that contains ',' or ':' in single quotes";

const parsePairs = (text: string): Readonly<Record<string, string>> => {
  const pairs = split(text, ',').map((item) => {
    const [key, value, ...more] = split(item, ':');
    if (key === undefined || value === undefined || more.length > 0)
      throw createRefusal(text, `is not a map: ${quote(item)} ${pairRule}`, `is not a map: each pair ${pairRule}`);
    return [key, value] as const;
  });
  const map = Object.fromEntries(pairs);
  if (Object.keys(map).length < pairs.length) throw createRefusal(text, 'contains a key twice');
  return map;
};

/** `Character.isWhitespace` of Java. */
const whitespace = '\\t-\\r\\x1c- \\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000';

type Delimiter = ';' | ',' | ':';
const createTokenPattern = (delimiter: Delimiter) =>
  new RegExp(
    `[${whitespace}]+|(?<delimiter>${delimiter})|'(?<single>(?:[^']|'')*)'|"(?<double>(?:[^"]|"")*)"|(?<open>['"])|(?<plain>[^${delimiter}]+)`,
    'gu',
  );
const tokenPatterns = { ';': createTokenPattern(';'), ',': createTokenPattern(','), ':': createTokenPattern(':') };

/**
 * The parts between delimiters. A part that starts with a quote ends with the same quote, and may contain delimiters. Two
 * quotes in it stand for one. Other parts are trimmed. A part is empty only between two delimiters or two quotes.
 *
 * @see Flink 2.2 `StructuredOptionsSplitter`
 */
const split = (text: string, delimiter: Delimiter): readonly string[] => {
  const parts: string[] = [];
  let last: 'quoted' | 'delimiter' | undefined;
  for (const { groups = {} } of text.matchAll(tokenPatterns[delimiter])) {
    const quoted = groups['single']?.replaceAll("''", "'") ?? groups['double']?.replaceAll('""', '"');
    const isToken = quoted !== undefined || groups['plain'] !== undefined || groups['open'] !== undefined;
    if (isToken && last === 'quoted') throw createRefusal(text, 'has text after a closing quote');
    if (groups['open'] !== undefined) throw createRefusal(text, 'has an opening quote without a closing one');
    if (groups['delimiter'] !== undefined) {
      if (last === 'delimiter') parts.push('');
      last = 'delimiter';
    } else if (isToken) {
      parts.push(quoted ?? trimBlanks(groups['plain'] ?? ''));
      last = quoted === undefined ? undefined : 'quoted';
    }
  }
  return parts;
};
