import { isRecord } from '#events/is-record.ts';
import type { Plan } from '#events/http/plans.ts';
import { mask, maskText, maskValue } from '#events/secrets.ts';
import type { Dependent } from '#shared/flink/manifests/manifests.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';

type PlannedConfig = ClusterManifests['config'];

/** The configuration of a plan without secrets. Drey's own values and the stock configuration have none. */
export const maskConfig = (config: PlannedConfig): Plan['config'] =>
  Object.fromEntries(
    Object.entries(config).map(([key, { value, from }]) => {
      const hide = (text: string) => maskValue(key, text);
      if (typeof value === 'string') return [key, { value: isStock(key, from) ? value : hide(value), from }];
      return [key, { value: typeof value === 'object' ? value.map(hide) : value, from }];
    }),
  );

/** The options of the JVM in the configuration of Flink's distribution. */
const isStock = (key: string, from: string): boolean => key.startsWith('env.java.') && from === 'folder';

/**
 * The objects of a plan without secrets: the content of files, Secrets and environment variables, commands and their
 * arguments. The caller has them, and `config` has the options.
 */
export const maskObjects = (objects: readonly (ClusterManifests['deployment'] | Dependent)[]): Plan['objects'] =>
  objects.map((object) => maskMember(object, '', hiddenMembers));

/** The members whose texts may be secrets. @see Kubernetes `Container`, `ConfigMap`, `Secret`, `HTTPHeader` */
export const hiddenMembers: ReadonlySet<string> = new Set([
  'args',
  'binaryData',
  'command',
  'data',
  'stringData',
  'value',
]);

/**
 * A value without secrets: without the texts of members with these names, and without what `maskText` finds in others.
 *
 * @param name The name of the member that has the value.
 */
export const maskMember = (value: unknown, name: string, names: ReadonlySet<string>): unknown => {
  if (names.has(name)) return hideTexts(value);
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map((item) => maskMember(item, '', names));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, maskMember(member, key, names)]));
};

/** The mask in place of each text and number in a value. */
export const hideTexts = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(hideTexts);
  if (!isRecord(value)) return value === undefined ? undefined : mask;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, hideTexts(member)]));
};
