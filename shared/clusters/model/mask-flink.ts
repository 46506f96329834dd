import { isRecord } from '#events/is-record.ts';
import { hidesValue, mask, maskText } from '#events/secrets.ts';

/**
 * An answer of Flink's REST API without secrets. Flink writes options as `{key, value}` and as members that are named after
 * them. All parameters of programs and all values of system properties are masked, because their names are the programs' own.
 * In other texts, what has the form of a secret is masked.
 */
export const maskFlinkJson = (value: unknown): unknown => {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map(maskFlinkJson);
  if (!isRecord(value)) return value;
  const { key } = value;
  return mapMembers(value, (member, name) =>
    maskMember(typeof key === 'string' && name === 'value' ? key : name, member),
  );
};

const maskMember = (name: string, member: unknown): unknown => {
  if (name === 'user-config' || hidesValue(name)) return maskAll(member);
  return name === 'options' && Array.isArray(member) ? member.map(maskProperty) : maskFlinkJson(member);
};

/** A value of any depth without its texts, numbers and booleans. */
const maskAll = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(maskAll);
  if (isRecord(value)) return mapMembers(value, maskAll);
  return value === null ? null : mask;
};

/** An option of the JVM, which may be `-Dname=value`. */
const maskProperty = (option: unknown): unknown =>
  maskFlinkJson(typeof option === 'string' ? option.replace(/^(-D[^=]*=).+$/s, `$1${mask}`) : option);

const mapMembers = (
  record: Readonly<Record<string, unknown>>,
  map: (member: unknown, name: string) => unknown,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).map(([name, member]) => [name, map(member, name)]));

/** Actions of the UI that the API refuses. @see Flink 2.3 `DashboardConfiguration.Features` */
const actions = ['web-cancel', 'web-profiler', 'web-rescale', 'web-submit'] as const;

/** The configuration of the UI without buttons for what the API refuses. */
export const withoutActions = (config: unknown): unknown =>
  isRecord(config) && isRecord(config['features'])
    ? { ...config, features: { ...config['features'], ...Object.fromEntries(actions.map((name) => [name, false])) } }
    : config;
