import { isRecord } from '#events/is-record.ts';

/** Reads answers of Flink, whose members differ between versions. What has another form than expected is absent. */

export const field = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, name) => (isRecord(found) ? found[name] : undefined), value);

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = field(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
};

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = field(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** A time of Flink in milliseconds as ISO 8601. Flink has -1 for none. */
export const timeAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const ms = numberAt(value, ...path);
  return ms === undefined || ms < 0 || ms > 8.64e15 ? undefined : new Date(ms).toISOString();
};
