import type { V1EnvVar, V1OwnerReference, V1Toleration } from '@kubernetes/client-node';

import { Fault } from '#events/problems/problem.ts';

import { parseBoolean, parseLong, parseMaps } from './syntax.ts';

/** This file parses lists of maps that stand for Kubernetes objects. The case of field names does not matter. */

type Fields = Readonly<Record<string, string>>;

/**
 * Flink itself only warns about an unknown field.
 *
 * @throws Fault `refused-option` for an unknown field or an invalid value.
 * @see Flink 2.2 `KubernetesToleration.fromMap`
 */
export const parseTolerations = (text: string): readonly V1Toleration[] =>
  parseMaps(text).map((map) => {
    const { tolerationSeconds, ...fields } = canonicalizeFields(map, [
      'key',
      'operator',
      'value',
      'effect',
      'tolerationSeconds',
    ] as const);
    assertOneOf('operator', fields.operator, ['Exists', 'Equal']);
    assertOneOf('effect', fields.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
    return {
      ...fields,
      ...(tolerationSeconds === undefined ? {} : { tolerationSeconds: parseLong(tolerationSeconds) }),
    };
  });

/** The API server would refuse another value later. */
const assertOneOf = (field: string, value: string | undefined, values: readonly string[]): void => {
  if (value === undefined || values.includes(value)) return;
  throw new Fault('refused-option', `${field} '${value}' is not one of ${values.join(', ')}`);
};

/**
 * @throws Fault `refused-option` for an unknown or a missing field.
 * @see Flink 2.2 `KubernetesOwnerReference.fromMap`
 */
export const parseOwnerReferences = (text: string): readonly V1OwnerReference[] =>
  parseMaps(text).map((map) => {
    const fields = canonicalizeFields(map, [
      'apiVersion',
      'kind',
      'name',
      'uid',
      'controller',
      'blockOwnerDeletion',
    ] as const);
    const { controller, blockOwnerDeletion } = fields;
    return {
      apiVersion: getRequired(fields, 'apiVersion'),
      kind: getRequired(fields, 'kind'),
      name: getRequired(fields, 'name'),
      uid: getRequired(fields, 'uid'),
      ...(controller === undefined ? {} : { controller: parseBoolean(controller) }),
      ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion: parseBoolean(blockOwnerDeletion) }),
    };
  });

/**
 * @throws Fault `refused-option` for an unknown or a missing field.
 * @see Flink 2.2 `KubernetesSecretEnvVar.fromMap`
 */
export const parseSecretVariables = (text: string): readonly V1EnvVar[] =>
  parseMaps(text).map((map) => {
    const fields = canonicalizeFields(map, ['env', 'secret', 'key'] as const);
    return {
      name: getRequired(fields, 'env'),
      valueFrom: { secretKeyRef: { name: getRequired(fields, 'secret'), key: getRequired(fields, 'key') } },
    };
  });

/** The map with its keys in the spelling of `names`. */
const canonicalizeFields = <N extends string>(map: Fields, names: readonly N[]): Partial<Record<N, string>> => {
  const fields: Partial<Record<N, string>> = {};
  for (const [key, value] of Object.entries(map)) {
    const name = names.find((candidate) => candidate.toLowerCase() === key.toLowerCase());
    if (name === undefined)
      throw new Fault('refused-option', `'${key}' is not a field; use one of ${names.join(', ')}`);
    fields[name] = value;
  }
  return fields;
};

const getRequired = <N extends string>(fields: Partial<Record<N, string>>, name: N): string => {
  const value = fields[name];
  if (value === undefined) throw new Fault('refused-option', `an item lacks the field '${name}'`);
  return value;
};
