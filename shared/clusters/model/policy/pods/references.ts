import type { V1PodSpec } from '@kubernetes/client-node';

import { isRecord } from '#events/is-record.ts';

import type { Path, Step } from './rendered-pod.ts';

/** A reference of a pod to another object of its namespace, or to another namespace. */
export interface Reference {
  readonly kind: 'Secret' | 'ConfigMap' | 'namespace';
  readonly name: string;
  readonly path: Path;
}

const referencesByName: Readonly<Record<string, 'Secret' | 'ConfigMap'>> = {
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
  nodePublishSecretRef: 'Secret',
  secret: 'Secret',
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
};

/** Members of any object in a pod that are a name of a Secret or of a namespace. */
const names: Readonly<Record<string, Reference['kind']>> = {
  secretName: 'Secret',
  namespace: 'namespace',
  volumeNamespace: 'namespace',
  secretNamespace: 'namespace',
};

/**
 * Everything in a pod that refers to Secrets, ConfigMaps and namespaces. The members of all kinds of volumes and variables
 * have the same names, so that the search needs no list of kinds.
 */
export const listReferences = (spec: V1PodSpec): readonly Reference[] => findReferences(spec, ['spec']);

const findReferences = (value: unknown, at: Path): readonly Reference[] => {
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => findReferences(item, [...at, toStep(item, index)]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([member, inner]) => [
    ...describe(member, inner, [...at, member]),
    ...findReferences(inner, [...at, member]),
  ]);
};

const toStep = (item: unknown, index: number): Step =>
  isRecord(item) && typeof item['name'] === 'string' ? { name: item['name'] } : String(index);

const describe = (member: string, inner: unknown, path: Path): readonly Reference[] => {
  const kind = names[member];
  if (kind !== undefined && typeof inner === 'string') return [{ kind, name: inner, path }];
  if (member === 'namespaces' && Array.isArray(inner))
    return inner.map((name: unknown) => ({ kind: 'namespace', name: String(name), path }));
  if (member === 'namespaceSelector' && isRecord(inner)) return [{ kind: 'namespace', name: '*', path }];
  if (member === 'imagePullSecrets' && Array.isArray(inner))
    return inner.flatMap((item: unknown) => nameOf(item, 'Secret', path));
  const named = Object.hasOwn(referencesByName, member) ? referencesByName[member] : undefined;
  return named === undefined ? [] : nameOf(inner, named, path);
};

const nameOf = (value: unknown, kind: Reference['kind'], path: Path): readonly Reference[] =>
  isRecord(value) && typeof value['name'] === 'string' ? [{ kind, name: value['name'], path }] : [];
