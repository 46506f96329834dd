import { isRecord } from '#events/is-record.ts';
import { maskText, maskValue } from '#events/secrets.ts';

/**
 * An answer of Flink's REST API without secrets. Flink writes options as `{key, value}` and as members that are named after
 * them. In other texts, what has the form of a secret is masked.
 */
export const maskFlinkJson = (value: unknown): unknown => {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map(maskFlinkJson);
  if (!isRecord(value)) return value;
  const { key } = value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string'
        ? maskValue(typeof key === 'string' && name === 'value' ? key : name, member)
        : maskFlinkJson(member),
    ]),
  );
};

/** Actions of the UI that the API refuses. @see Flink 2.3 `DashboardConfiguration.Features` */
const actions = ['web-cancel', 'web-profiler', 'web-rescale', 'web-submit'] as const;

/** The configuration of the UI without buttons for what the API refuses. */
export const withoutActions = (config: unknown): unknown =>
  isRecord(config) && isRecord(config['features'])
    ? { ...config, features: { ...config['features'], ...Object.fromEntries(actions.map((name) => [name, false])) } }
    : config;
