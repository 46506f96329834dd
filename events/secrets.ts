import { mask } from './mask.ts';
import { shorten } from './problems/shorten.ts';

/** This file decides what may be a secret. Everything that masks or refuses secrets asks it. */

export { mask };

/**
 * Parts of the names of options whose values Flink hides in its logs. Versions before 2.1 lack `api-key`.
 *
 * @see Flink 2.3 `GlobalConfiguration.SENSITIVE_KEYS`
 */
const sensitiveParts = [
  'password',
  'secret',
  'fs.azure.account.key',
  'apikey',
  'api-key',
  'auth-params',
  'service-key',
  'token',
  'basic-auth',
  'jaas.config',
  'http-headers',
] as const;

/** Options that only name Secrets of Kubernetes. */
const namesOfSecrets = [
  'kubernetes.container.image.pull-secrets',
  'kubernetes.env.secretKeyRef',
  'kubernetes.secrets',
] as const;

const isBelow = (key: string, names: readonly string[]): boolean =>
  names.some((name) => key === name || key.startsWith(`${name}.`));

/** Whether Flink takes the value of an option for a secret. */
export const isSensitive = (key: string): boolean =>
  !isBelow(key, namesOfSecrets) && sensitiveParts.some((part) => key.toLowerCase().includes(part));

/** Beginnings of names that have a word of Flink's list, and are no secrets: only the rest of the name counts. */
const groupsOfSettings =
  /^(security\.delegation\.tokens?|security\.kerberos\.(fetch\.delegation-token|tokens)|table\.secret-store|yarn\.security\.appmaster\.delegation\.token|kubernetes\.((job|task)manager|(rest|internal)-service)\.(annotations|labels|node-selector)\..*|fs\.azure\.account\.keyprovider\..*)(\.|$)/;

/** Last words of names whose value says where a secret is, or how one is fetched. */
const nameOfPlace =
  /[._-](arn|binding|class|enabled|file|interval|kind|name|path|provider|timeout|ttl|type|uri|url)s?$/i;

/** Whether an option has a secret as its value. Flink's list also has the settings of its own tokens, and places of secrets. */
export const isSecretOption = (key: string): boolean =>
  isSensitive(key) && isSensitive(key.replace(groupsOfSettings, '')) && !nameOfPlace.test(key);

/** Texts that are no secrets: empty, a boolean, or a variable that Kubernetes, Hadoop or a logger replaces. */
const noSecret = /^(|true|false|\$\{[^{}]*\}|\$\([^()]*\))$/i;

/** Whether the value of an option is a secret, and not a reference to one. */
export const isPlainSecret = (key: string, value: string): boolean =>
  isSecretOption(key) && !noSecret.test(value.trim());

/** Environment variables, options of the JVM, and arguments and parameters of programs, which may contain secrets. */
const mayContainSecrets = [
  '$internal.application.program-args',
  'containerized.',
  'env.java.',
  'kubernetes.jobmanager.entrypoint.args',
  'kubernetes.taskmanager.entrypoint.args',
  'pipeline.global-job-parameters',
] as const;

/** Options with URIs, which may contain passwords and signatures. */
const mayContainUris = ['pipeline.classpaths', 'pipeline.jars', 'user.artifacts.artifact-list'] as const;

/** Whether the whole value of an option is hidden, whatever its form. */
export const hidesValue = (key: string): boolean =>
  isSensitive(key) || mayContainSecrets.some((start) => key.startsWith(start));

/** Whether an option may have a secret as its value, or in it. No message quotes such a value. */
export const mayBeSecret = (key: string): boolean =>
  hidesValue(key) || mayContainUris.some((start) => key.startsWith(start));

/** The value of an option without secrets: the mask, or the text without those in its URIs and assignments. */
export const maskValue = (key: string, value: string): string => (hidesValue(key) ? mask : maskText(value));

/** The schemes whose URIs have a container, and no user, before `@`. */
const containerScheme = /^(abfss?|wasbs?):/i;
/** A part of a text, up to an `@`, in which a URI may have its user and password. */
const beforeAt = /(?<![^\s@'"<>])[^\s@'"<>]+@/g;
/** In such a part, a URI with a user, and one with a password that has slashes. A port is no password. */
const userInfo = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)(?:[^/]+@$|[^/:]*:(?!\d+\/)[^@])/i;
/** The lookbehind is after the `?`, so that it reads no part of a text twice. */
const query = /\?(?<=(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s?'"<>]*\?)[^\s#'"<>]+/gi;
/** `key=value`, `'key' = 'value'` and `"key": "value"`. */
const assignment =
  /(?<![\w.$*-])(['"]?)([\w.$*-]+)(\1\s{0,9}=\s{0,9}|(?<=\w)(?:'|")\s{0,9}:\s{0,9})("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,;&'"`)\]}]+)/g;

/**
 * A text for people without the secrets that its form tells: users, passwords and queries of URIs, and values that are
 * assigned to a name of Flink's list. It takes time in proportion to the length of the text, which may be an attacker's.
 */
export const maskText = (text: string): string =>
  text
    .replace(beforeAt, maskUser)
    .replace(query, '?…')
    .replace(assignment, (match, quote: string, key: string, equals: string) =>
      isSensitive(key) ? `${quote}${key}${equals}${mask}` : match,
    );

/** Whether a text has what `maskValue` and `maskText` show in place of a secret. Asterisks in a comment are none. */
const isMasked = (text: string): boolean =>
  text === mask ||
  /:\/\/…@|\?…(?<=:\/\/[^\s?]*\?…)/.test(text) ||
  [...text.matchAll(assignment)].some(([, , key = '', , value]) => value === mask && isSensitive(key));

/** The paths of the masked texts in a value of any depth. */
export const listMasks = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] => {
  if (typeof value === 'string') return isMasked(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => listMasks(member, [...path, key]));
};

const maskUser = (part: string): string => {
  const found = userInfo.exec(part);
  if (found === null) return part;
  const { index, 1: scheme = '' } = found;
  const start = index + scheme.length;
  return containerScheme.test(scheme) && !part.includes(':', start) ? part : `${part.slice(0, start)}…@`;
};

/** No secret is longer. Servers take no header, and so no token, of this length. */
const maxSecretLength = 20_000;
/** How much of a longer text is masked besides the part to show. */
const maxMarginLength = 2 * maxSecretLength;

/**
 * The first `maxLength` characters of a text of any length, as `maskText` returns it, and an ellipsis when it is longer.
 * The rest is not read. Half a secret does not have the form of one, so what stands before the rest is dropped.
 */
export const maskBeginning = (text: string, maxLength: number): string => {
  const masked = maskText(text.slice(0, maxLength + maxMarginLength));
  const isCut = text.length > maxLength + maxMarginLength;
  return copy(isCut ? `${masked.slice(0, -maxSecretLength).slice(0, maxLength)}…` : shorten(masked, maxLength));
};

/** The last `maxLength` characters of a text of any length, as `maskText` returns it. See {@link maskBeginning}. */
export const maskEnd = (text: string, maxLength: number): string => {
  const masked = maskText(text.slice(-(maxLength + maxMarginLength)));
  const isCut = text.length > maxLength + maxMarginLength;
  return copy((isCut ? masked.slice(maxSecretLength) : masked).slice(-maxLength));
};

/** A part of a text keeps the whole text in memory. A copy does not, and has no half of a surrogate pair. */
const copy = (part: string): string => decoder.decode(encoder.encode(part));

/** Unlike `Buffer`, browsers have them, too. */
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
