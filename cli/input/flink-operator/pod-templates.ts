import { isDeepStrictEqual } from 'node:util';

import { isRecord } from '#events/is-record.ts';
import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';

import type { ConvertedResources } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Merges the pod template of a JobManager or a TaskManager into the common one, as the operator does.
 *
 * The items of lists are merged by position, or by name if that is asked for and each item has one. Of two scalars in
 * lists at one position, that of the common template stays.
 *
 * @see Flink Kubernetes Operator 1.16 `FlinkUtils.mergePodTemplates`
 */
export const mergePodTemplates = (common: Json | undefined, own: Json | undefined, byName: boolean): Json | undefined =>
  common === undefined || own === undefined ? (own ?? common) : mergeMaps(common, own, byName);

const mergeMaps = (to: Json, from: Json, byName: boolean): Json => {
  const merged = Object.entries(from)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, Object.hasOwn(to, name) ? mergeValues(to[name], value, byName) : value] as const);
  return { ...to, ...Object.fromEntries(merged) };
};

const mergeValues = (to: unknown, from: unknown, byName: boolean): unknown => {
  if (Array.isArray(to) && Array.isArray(from)) return mergeLists(to, from, byName);
  if (isRecord(to)) return isRecord(from) ? mergeMaps(to, from, byName) : to;
  return from;
};

const mergeLists = (to: readonly unknown[], from: readonly unknown[], byName: boolean): readonly unknown[] => {
  if (byName && [...to, ...from].every(hasName)) return mergeByName([...to, ...from].filter(hasName));
  const merged = to.map((item, index) => {
    const other = from[index];
    return isRecord(item) && isRecord(other) ? mergeMaps(item, other, byName) : item;
  });
  return [...merged, ...from.slice(to.length)];
};

const hasName = (item: unknown): item is Json => isRecord(item) && Object.hasOwn(item, 'name');

const mergeByName = (items: readonly Json[]): readonly Json[] =>
  [...Map.groupBy(items, ({ name }) => name).values()].map((group) =>
    group.reduce((to, from) => mergeMaps(to, from, true)),
  );

const isMain = (container: unknown): container is Json =>
  isRecord(container) && container['name'] === mainContainerName;

/** Adds the amounts that have no option of Flink to the main container, over those of the template. */
export const addAmounts = (
  template: Json | undefined,
  { requests, limits }: Pick<ConvertedResources, 'requests' | 'limits'>,
): Json | undefined => {
  if (Object.keys({ ...requests, ...limits }).length === 0) return template;
  const spec = readMap(template, 'spec');
  const { containers } = spec;
  const given: readonly unknown[] = Array.isArray(containers) ? containers : [];
  const all = given.some(isMain) ? given : [...given, { name: mainContainerName }];
  return {
    ...template,
    spec: {
      ...spec,
      containers: all.map((container) =>
        isMain(container) ? withAmounts(container, { requests, limits }) : container,
      ),
    },
  };
};

const withAmounts = (container: Json, amounts: Readonly<Record<'requests' | 'limits', Json>>): Json => {
  const resources = readMap(container, 'resources');
  const changed = (['requests', 'limits'] as const)
    .filter((name) => Object.keys(amounts[name]).length > 0)
    .map((name) => [name, { ...readMap(resources, name), ...amounts[name] }] as const);
  return { ...container, resources: { ...resources, ...Object.fromEntries(changed) } };
};

const readMap = (parent: Json | undefined, name: string): Json => {
  const value = parent?.[name];
  return isRecord(value) ? value : {};
};

/** The pod templates of a deploy: one for all pods if both kinds have the same. */
export const toPodTemplates = (jobmanager: Json | undefined, taskmanager: Json | undefined) => {
  if (isDeepStrictEqual(jobmanager, taskmanager)) return jobmanager === undefined ? undefined : { default: jobmanager };
  return {
    ...(jobmanager === undefined ? {} : { jobmanager }),
    ...(taskmanager === undefined ? {} : { taskmanager }),
  };
};
