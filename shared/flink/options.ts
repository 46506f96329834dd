import { Fault, type FieldError, toPointer } from '#events/problems/problem.ts';

import { type Config, toText } from './config.ts';
import { listKeysOfAllVersions } from './option-names/canonical.ts';
import { isKnownKey } from './option-names/keys.ts';
import { mayBeSecret } from '#events/secrets.ts';
import { type Option, options, parsers, type Parsers } from './option-table.ts';
import { parseEnum, UnreadableValue } from './syntax.ts';
import { type FlinkVersion, newestFlinkVersion } from '#events/flink-version.ts';

type Options = typeof options;
/** An option of the table. */
export type OptionKey = keyof Options;

type Parsed<T> = T extends keyof Parsers ? ReturnType<Parsers[T]> : T extends readonly string[] ? T[number] : never;
type Always<K extends OptionKey> = Options[K] extends { type: 'map' } | { default: string } ? true : false;

/** The type of an option's value. It includes undefined for an option without a default, unless the option is a map. */
export type OptionValue<K extends OptionKey> =
  | Parsed<Options[K]['type']>
  | (Always<K> extends true ? never : undefined);

export { options };

const rows: readonly (readonly [key: string, option: Option])[] = Object.entries(options);

/**
 * The parsed value of an option, or its default.
 *
 * @param config Options under their current keys.
 * @throws Fault `refused-option` when the text does not fit the option's type.
 */
export const readOption = <K extends OptionKey>(config: Config, key: K): OptionValue<K> => {
  const value = readValue(config, key, options[key]);
  return value as OptionValue<K>;
};

const readValue = (config: Config, key: string, option: Option): unknown => {
  const given = Object.hasOwn(config, key) ? config[key] : undefined;
  const text = given === undefined ? option.default : toText(given);
  if (text === undefined) return option.type === 'map' ? readPrefixed(config, `${key}.`) : undefined;
  return typeof option.type === 'string' ? parsers[option.type](text) : parseEnum(option.type, text);
};

const readPrefixed = (config: Config, prefix: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), toText(value)]),
  );

/**
 * Everything that is wrong with a configuration, option by option.
 *
 * @param config Options under their current keys.
 * @param given The options of the caller. The field errors name their keys, which may be deprecated ones.
 */
export const findOptionErrors = (config: Config, given: Config = config): readonly FieldError[] => {
  const tooLong = Object.keys(config).filter((key) => key.length > maxKeyLength);
  if (tooLong.length > 0)
    return tooLong.map((key) => toFieldError(key, `the key has more than ${maxKeyLength} characters`));
  return rows.flatMap(([row, option]) =>
    findKeys(row, config).flatMap((key) =>
      findValueErrors(config, key, option).map((detail) => toFieldError(findGivenKey(key, given), detail)),
    ),
  );
};

/** Every option of Flink is shorter, including those that contain the name of a label. */
const maxKeyLength = 512;

/** The keys that a row stands for: itself, or the keys with any name in place of `<name>`. */
const findKeys = (row: string, config: Config): readonly string[] => {
  if (!row.includes('<name>')) return [row];
  const [before = '', after = ''] = row.split('<name>');
  return Object.keys(config).filter((key) => key.startsWith(before) && key.endsWith(after));
};

const findValueErrors = (config: Config, key: string, option: Option): readonly string[] => {
  try {
    const value = readValue(config, key, option);
    if (!Object.hasOwn(config, key) && option.type !== 'map') return [];
    const text = toText(config[key] ?? '');
    if (option.labels === true) return findLabelErrors(value as Readonly<Record<string, string>>);
    if (option.notBlank === true && text.trim() === '') return ['must not be blank'];
    if (option.atLeast !== undefined && Number(value) < option.atLeast) return [`must be at least ${option.atLeast}`];
    if (option.only !== undefined && !option.only.values.includes(text.toLowerCase())) return [option.only.because];
    return [];
  } catch (error) {
    if (error instanceof UnreadableValue && mayBeSecret(key)) return [error.withoutValue];
    if (error instanceof Fault) return [error.message];
    throw error;
  }
};

const labelNamePattern = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const labelValuePattern = /^([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$/;
const labelRule = 'must have at most 63 letters, digits, "-", "_" and ".", and start and end with a letter or digit';

/** @see Kubernetes, "Labels and Selectors" */
const findLabelErrors = (labels: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(labels).flatMap(([name, value]) => [
    ...(labelNamePattern.test(name) ? [] : [`'${name}' is not a valid label name: it ${labelRule}`]),
    ...(labelValuePattern.test(value) ? [] : [`'${value}' is not a valid value of label ${name}: it ${labelRule}`]),
  ]);

/** The options that this line of Flink reads. Its client ignores those of later lines. */
export const omitLaterOptions = (config: Config, version: FlinkVersion): Config =>
  Object.fromEntries(
    Object.entries(config).filter(([key]) => isKnownKey(key, version) || !isKnownKey(key, newestFlinkVersion)),
  );

/** The key of the option that the caller wrote, in any version of Flink. */
export const findGivenKey = (key: string, given: Config): string =>
  listKeysOfAllVersions(key).find((name) => Object.hasOwn(given, name)) ?? key;

export const toOptionPointer = (key: string): string => toPointer(['config', key]);

export const toFieldError = (key: string, detail: string): FieldError => ({ pointer: toOptionPointer(key), detail });

/** @throws Fault `refused-option` with all field errors, if there is one. */
export const assertNoFieldErrors = (errors: readonly FieldError[]): void => {
  const [first, ...more] = errors;
  if (first === undefined) return;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const name = first.pointer
    .replace(/^\/(config\/)?/, '')
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
  throw new Fault('refused-option', `${name}: ${first.detail}${rest}`, { errors });
};
