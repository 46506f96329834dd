import { distance } from 'fastest-levenshtein';
import * as z from 'zod';

import { isRecord } from '../is-record.ts';
import { describeInput } from '#events/problems/issues.ts';
import { shorten } from '#events/problems/shorten.ts';
import podTypes from './pod-types.json' with { type: 'json' };
import { parseQuantity } from './quantity.ts';

type Path = readonly (string | number)[];

/** What is wrong with a field of a pod template. */
export interface PodIssue {
  readonly path: Path;
  /** The text is made on demand, because the most similar of many names takes time to find. */
  readonly describe: () => string;
  /** `unlikely`: Kubernetes ignores the field, or the version of the target may know the value. */
  readonly severity: 'mistake' | 'unlikely';
}

/** The types of the fields of each object in a pod. The generator `infra/generators/pod-types.ts` explains their syntax. */
const types: Readonly<Record<string, Readonly<Record<string, string>>>> = podTypes;

/**
 * Compares a pod template with the types of the fields of a pod that Kubernetes publishes. Flink creates the pods of
 * TaskManagers long after the deploy, so that the API server cannot tell their mistakes in time.
 */
export const findPodIssues = (template: unknown): readonly PodIssue[] => [
  ...findKindIssues(template),
  ...findIssues(template, 'Pod', []),
];

/** The template of another object, such as a Deployment, is below `spec.template`, where Flink does not look for it. */
const findKindIssues = (template: unknown): readonly PodIssue[] => {
  const kind = isRecord(template) ? template['kind'] : undefined;
  return typeof kind !== 'string' || kind === '' || kind === 'Pod'
    ? []
    : [newMistake(['kind'], `is ${shorten(kind, maxQuoteLength)}; write the metadata and the spec of a Pod`)];
};

/** Its ConfigMap and the pods that have its fields hold about 1 MiB. */
const maxTemplateBytes = 200_000;

const describeSize = (bytes: number): string => `has ${bytes} bytes; a pod template has at most ${maxTemplateBytes}`;

/** A pod template: the metadata and the spec of a pod, whose container flink-main-container Flink completes. */
export const PodTemplate = z
  .record(z.string(), z.unknown())
  .check(({ value, issues }) => {
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes > maxTemplateBytes) issues.push({ code: 'custom', message: describeSize(bytes), input: value });
    for (const { path, describe, severity } of findPodIssues(value))
      if (severity === 'mistake') issues.push({ code: 'custom', path: [...path], message: describe(), input: value });
  })
  .overwrite((template) => omitNullFields(template, 'Pod'))
  .meta({
    id: 'PodTemplate',
    description:
      'A pod of Kubernetes (`metadata`, `spec`). A field of another type than that of Kubernetes is refused.',
  });
export type PodTemplate = Readonly<z.output<typeof PodTemplate>>;

const newMistake = (path: Path, detail: string): PodIssue => ({
  path,
  describe: () => detail,
  severity: 'mistake',
});

const findIssues = (value: unknown, type: string, path: Path): readonly PodIssue[] => {
  const inner = type.slice(0, -2);
  if (type.endsWith('[]'))
    return Array.isArray(value)
      ? value.flatMap((item, index) => findIssues(item, inner, [...path, index]))
      : [newMistake(path, describeType('a list', value))];
  if (type.startsWith('=')) return findTextIssues(value, type.slice(1).split('|'), path);
  const scalar = scalars[type];
  if (scalar !== undefined)
    // Kubernetes takes an empty field for one that is not set.
    return value === null || scalar.accepts(value) ? [] : [newMistake(path, scalar.describe(value))];
  if (!isRecord(value)) return [newMistake(path, describeType('a map', value))];
  if (type.endsWith('{}'))
    return Object.entries(value).flatMap(([name, item]) => findIssues(item, inner, [...path, name]));
  const issues = findFieldIssues(value, type, path);
  return type === 'ResourceRequirements' && issues.length === 0 ? findResourceIssues(value, path) : issues;
};

/** An empty spec or list of containers is probably one whose content has the wrong indentation. */
const describeType = (expected: string, value: unknown): string =>
  value === null ? `is empty; write ${expected}, or remove it` : `must be ${expected}, not ${describeInput(value)}`;

interface Scalar {
  readonly accepts: (value: unknown) => boolean;
  readonly describe: (value: unknown) => string;
}

const newScalar = (expected: string, accepts: Scalar['accepts']): Scalar => ({
  accepts,
  describe: (value) => `must be ${expected}, not ${describeInput(value)}`,
});

const isText = (value: unknown) => typeof value === 'string';

const scalars: Readonly<Record<string, Scalar>> = {
  string: newScalar('text', isText),
  Time: newScalar('text', isText),
  boolean: newScalar('true or false', (value) => typeof value === 'boolean'),
  integer: newScalar('a whole number', Number.isSafeInteger),
  IntOrString: newScalar('a whole number or text', (value) => isText(value) || Number.isSafeInteger(value)),
  Quantity: {
    accepts: (value) => (readQuantity(value) ?? -1) >= 0,
    describe: (value) =>
      isText(value) || typeof value === 'number'
        ? `'${shorten(String(value), maxQuoteLength)}' ${describeQuantity(value)}; write a number such as 500m, 2 or 4Gi`
        : `must be a quantity such as 500m, 2 or 4Gi, not ${describeInput(value)}`,
  },
};

const maxQuoteLength = 80;

/** No field of a pod may be negative. */
const describeQuantity = (value: string | number): string =>
  parseQuantity(value) === undefined ? 'is not a quantity' : 'is negative';

const readQuantity = (value: unknown): number | undefined =>
  typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;

/** A value that is not listed may be one of a newer Kubernetes. */
const findTextIssues = (value: unknown, values: readonly string[], path: Path): readonly PodIssue[] => {
  if (value === null || value === '') return [];
  if (typeof value !== 'string') return [newMistake(path, describeType('text', value))];
  const detail = `'${shorten(value, maxQuoteLength)}' is not one of ${values.filter((one) => one !== '').join(', ')}`;
  return values.includes(value) ? [] : [{ path, describe: () => detail, severity: 'unlikely' }];
};

/**
 * Kubernetes takes a null field for a missing one, but refuses a pod without containers.
 *
 * @see Flink 2.2 `KubernetesUtils.loadPodFromTemplateFile`, which fails on a null list of containers
 */
const mayBeNull = (type: string, field: string): boolean =>
  !(type === 'Pod' && field === 'spec') && !(type === 'PodSpec' && field === 'containers');

/**
 * The object without its null fields and those of the objects in it. Null values of maps and null items of lists stay:
 * Kubernetes takes them for empty values.
 */
const omitNullFields = <T>(value: T, type: string): T => {
  if (Array.isArray(value)) return value.map((item: unknown) => omitNullFields(item, type.slice(0, -2))) as T;
  const fields = types[type];
  if (!isRecord(value) || fields === undefined) return value;
  const members = Object.entries(value).flatMap(([field, member]) => {
    // Kubernetes ignores a field that it does not have.
    if (!Object.hasOwn(fields, field)) return [[field, member] as const];
    return member === null ? [] : [[field, omitNullFields(member, (fields[field] ?? '').replace(/!$/, ''))] as const];
  });
  return Object.fromEntries(members) as T;
};

const findFieldIssues = (value: Readonly<Record<string, unknown>>, type: string, path: Path): readonly PodIssue[] => {
  const fields = types[type] ?? {};
  const missing = Object.keys(fields).filter(
    (field) => fields[field]?.endsWith('!') === true && (value[field] ?? undefined) === undefined,
  );
  return [
    ...missing.map((field) => newMistake([...path, field], 'is required')),
    ...Object.entries(value).flatMap(([field, member]): readonly PodIssue[] => {
      const fieldPath = [...path, field];
      if (!Object.hasOwn(fields, field))
        return [{ path: fieldPath, describe: () => describeUnknown(field, Object.keys(fields)), severity: 'unlikely' }];
      return member === undefined || (member === null && (missing.includes(field) || mayBeNull(type, field)))
        ? []
        : findIssues(member, (fields[field] ?? '').replace(/!$/, ''), fieldPath);
    }),
  ];
};

const maxFieldLength = 100;

const describeUnknown = (field: string, known: readonly string[]): string => {
  const [nearest] =
    field.length > maxFieldLength
      ? []
      : known
          .map((name) => ({ name, distance: distance(name.toLowerCase(), field.toLowerCase()) }))
          .filter((one) => one.distance <= field.length / 2)
          .toSorted((one, other) => one.distance - other.distance);
  return `is not a field of Kubernetes, which ignores it.${nearest === undefined ? '' : ` The most similar field is ${nearest.name}.`}`;
};

/** @see Kubernetes, `ValidateResourceRequirements` */
const findResourceIssues = (resources: Readonly<Record<string, unknown>>, path: Path): readonly PodIssue[] => {
  const [requests, limits] = [resources['requests'], resources['limits']].map((amounts) =>
    isRecord(amounts) ? amounts : {},
  );
  return [...listAmounts('requests', requests), ...listAmounts('limits', limits)].flatMap(([kind, name, amount]) => {
    const [value, limit] = [readQuantity(amount) ?? 0, readQuantity(limits?.[name])];
    return kind === 'requests' && limit !== undefined && value > limit
      ? [newMistake([...path, kind, name], `is ${String(amount)}, more than the limit of ${String(limits?.[name])}`)]
      : [];
  });
};

const listAmounts = (kind: 'requests' | 'limits', amounts: Readonly<Record<string, unknown>> = {}) =>
  Object.entries(amounts).map(([name, amount]) => [kind, name, amount] as const);
