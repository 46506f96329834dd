import type { FlinkVersion } from '#events/flink-version.ts';

import { type Config, toText } from './config.ts';
import { canonicalizeConfig } from './option-names/canonical.ts';
import { expandMaps } from './option-names/maps.ts';

/** The options whose text is appended to the start command of a process, which a shell executes. */
export const argumentOptions = {
  jobmanager: 'kubernetes.jobmanager.entrypoint.args',
  taskmanager: 'kubernetes.taskmanager.entrypoint.args',
} as const;

interface DynamicProperties {
  /** The options of `-Dkey=value`. They take precedence over `config.yaml`. */
  readonly config: Readonly<Record<string, string>>;
  /** Whether a shell may make other words of the text. */
  readonly isUnreadable: boolean;
}

/**
 * The options that the arguments of a process set.
 *
 * @see Flink 2.3 `DynamicParametersConfigurationParserFactory`, which parses with Commons CLI
 */
export const parseDynamicProperties = (text: string): DynamicProperties => {
  const { words, isUnreadable } = splitWords(text);
  return { config: Object.fromEntries(readProperties(words)), isUnreadable };
};

/** Quoted text, an escaped character, blanks, or another character. A quote that is not closed is one character. */
const tokenPattern = /'[^']*'|"[^"]*"|\\[^]|[ \t]+|[^]/g;

/** The characters that a shell replaces, or at which it ends a command. */
const shellCharacter = /^[$`;&|<>(){}*?[\]!~#^'"\\\r\n]/;

const splitWords = (text: string): { readonly words: readonly string[]; readonly isUnreadable: boolean } => {
  const words: string[] = [];
  let [word, isUnreadable] = ['', false];
  for (const [token] of `${text} `.matchAll(tokenPattern)) {
    if (/^[ \t]/.test(token)) {
      if (word !== '') words.push(word);
      word = '';
    } else if (token.length > 1) {
      isUnreadable ||= token.startsWith('"') ? /[$`\\!]/.test(token) : /^\\[\r\n]/.test(token);
      word += token.startsWith('\\') ? token.slice(1) : token.slice(1, -1);
    } else {
      isUnreadable ||= shellCharacter.test(token);
      word += token;
    }
  }
  return { words, isUnreadable };
};

/** The key and the value are one word, or two. A key alone has the value `true`. */
const readProperties = (words: readonly string[]): readonly (readonly [string, string])[] =>
  words.flatMap((word, index) => {
    const [, rest] = /^-+D(.*)$/s.exec(word) ?? [];
    if (rest === undefined) return [];
    const property = rest === '' ? (words[index + 1] ?? '') : rest;
    const at = property.indexOf('=');
    const following = rest === '' ? words[index + 2] : undefined;
    return [at === -1 ? [property, following ?? 'true'] : [property.slice(0, at), property.slice(at + 1)]] as const;
  });

/** What the JobManager reads: `config.yaml`, and the dynamic properties of its start command. */
export const withDynamicProperties = (config: Config, version: FlinkVersion): Config => {
  const { config: given } = parseDynamicProperties(toText(config[argumentOptions.jobmanager] ?? ''));
  const properties = canonicalizeConfig(given, version);
  return { ...expandMaps(config, properties, version), ...properties };
};
