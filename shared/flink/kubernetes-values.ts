import type { V1EnvVar, V1OwnerReference, V1Toleration } from '@kubernetes/client-node';

import { Fault } from '#events/problem.ts';

import { parseBoolean, parseLong, parseMaps } from './syntax.ts';

/** Lists of maps that stand for Kubernetes objects. The names of their fields may be written in any case. */

type Fields = Readonly<Record<string, string>>;

/** @see Flink 2.2 `KubernetesToleration.fromMap`, which only warns of a field it does not know */
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

/** What the API server would refuse in the end. */
const assertOneOf = (field: string, value: string | undefined, values: readonly string[]): void => {
  if (value === undefined || values.includes(value)) return;
  throw new Fault('refused-option', `${field} '${value}' is not one of ${values.join(', ')}`);
};

/** @see Flink 2.2 `KubernetesOwnerReference.fromMap` */
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

/** @see Flink 2.2 `KubernetesSecretEnvVar.fromMap` */
export const parseSecretVariables = (text: string): readonly V1EnvVar[] =>
  parseMaps(text).map((map) => {
    const fields = canonicalizeFields(map, ['env', 'secret', 'key'] as const);
    return {
      name: getRequired(fields, 'env'),
      valueFrom: { secretKeyRef: { name: getRequired(fields, 'secret'), key: getRequired(fields, 'key') } },
    };
  });

/** The map with its keys spelled as `names` has them. */
const canonicalizeFields = <N extends string>(map: Fields, names: readonly N[]): Partial<Record<N, string>> => {
  const fields: Partial<Record<N, string>> = {};
  for (const [key, value] of Object.entries(map)) {
    const name = names.find((one) => one.toLowerCase() === key.toLowerCase());
    if (name === undefined) throw new Fault('refused-option', `'${key}' is not one of ${names.join(', ')}`);
    fields[name] = value;
  }
  return fields;
};

const getRequired = <N extends string>(fields: Partial<Record<N, string>>, name: N): string => {
  const value = fields[name];
  if (value === undefined) throw new Fault('refused-option', `an item has no '${name}'`);
  return value;
};
