/** This file decides what may be a secret. Everything that masks or refuses secrets asks it. */

/** What stands in place of a secret, as in the logs of Flink. @see Flink 2.3 `GlobalConfiguration.HIDDEN_CONTENT` */
export const mask = '******';

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

const hidesValue = (key: string): boolean =>
  isSensitive(key) || mayContainSecrets.some((start) => key.startsWith(start));

/** Whether an option may have a secret as its value, or in it. No message quotes such a value. */
export const mayBeSecret = (key: string): boolean =>
  hidesValue(key) || mayContainUris.some((start) => key.startsWith(start));

/** The value of an option without secrets: the mask, or the text without those in its URIs and assignments. */
export const maskValue = (key: string, value: string): string => (hidesValue(key) ? mask : maskText(value));

/** Whether a text has what Drey shows in place of a secret. */
export const isMasked = (text: string): boolean => text.includes(mask) || /:\/\/(…@|[^\s?]*\?…)/.test(text);

/** The schemes whose URIs have a container, and no user, before `@`. */
const containerScheme = /^(abfss?|wasbs?):/i;
/** A URI with a user, and one with a password that has slashes. A port is no password. */
const userInfo =
  /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/@'"<>]{1,2000}|[^\s/@'"<>:]{0,200}:(?!\d+\/)[^\s@'"<>]{1,2000})@/gi;
const query = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/[^\s?'"<>]{0,2000})\?[^\s#'"<>]+/gi;
/** `key=value`, `'key' = 'value'` and `"key": "value"`. */
const assignment =
  /(?<![\w.$*-])(['"]?)([\w.$*-]+)(\1\s{0,9}=\s{0,9}|(?<=\w)(?:'|")\s{0,9}:\s{0,9})("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,;&'"`)\]}]+)/g;

/**
 * A text for people without the secrets that its form tells: users, passwords and queries of URIs, and values that are
 * assigned to a name of Flink's list.
 */
export const maskText = (text: string): string =>
  text
    .replace(userInfo, (match, scheme: string, user: string) =>
      containerScheme.test(scheme) && !user.includes(':') ? match : `${scheme}…@`,
    )
    .replace(query, '$1?…')
    .replace(assignment, (match, quote: string, key: string, equals: string) =>
      isSensitive(key) ? `${quote}${key}${equals}${mask}` : match,
    );
