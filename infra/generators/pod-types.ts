/**
 * Writes the types of the fields of a pod, as the API server of the local Kubernetes publishes them:
 *
 *     kubectl get --raw /openapi/v3/api/v1 | node infra/generators/pod-types.ts
 *
 * A type is a name of the table, `string`, `integer`, `boolean`, `object`, `Quantity`, `IntOrString`, `Time`, or `=A|B` for
 * text that is A or B. `[]` is a list, `{}` a map, `!` a required field.
 */
import { writeFileSync } from 'node:fs';
import { json } from 'node:stream/consumers';

import * as z from 'zod';

const file = 'events/kubernetes/pod-types.json';
const core = 'io.k8s.api.core.v1';

const Schema = z.object({
  get allOf() {
    return z.array(Schema).optional();
  },
  get items() {
    return Schema.optional();
  },
  get additionalProperties() {
    return Schema.optional();
  },
  get properties() {
    return z.record(z.string(), Schema).optional();
  },
  $ref: z.string().optional(),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  required: z.array(z.string()).default([]),
});
type Schema = z.infer<typeof Schema>;

const OpenApi = z.object({ components: z.object({ schemas: z.record(z.string(), Schema) }) });

/** Fields that only Kubernetes writes. Flink adds the container that a pod requires. */
const omitted: readonly string[] = ['Pod.status', 'ObjectMeta.managedFields', 'PodSpec.ephemeralContainers'];
const optional: readonly string[] = ['PodSpec.containers'];

const toName = (schemaName: string): string => schemaName.split('.').at(-1) ?? schemaName;

/** The types of the fields of each object that a pod contains, by the name of its type. */
export const toPodTypes = (document: unknown): Record<string, Record<string, string>> => {
  const { schemas } = OpenApi.parse(document).components;
  const types: Record<string, Record<string, string>> = {};
  const toType = (schema: Schema): string => {
    const [reference] = [schema.$ref, ...(schema.allOf ?? []).map(({ $ref }) => $ref)].filter(
      (one) => one !== undefined,
    );
    if (reference !== undefined) return addType(reference.split('/').at(-1) ?? '');
    if (schema.items !== undefined) return `${toType(schema.items)}[]`;
    if (schema.additionalProperties !== undefined) return `${toType(schema.additionalProperties)}{}`;
    return schema.enum === undefined ? (schema.type ?? 'object') : `=${schema.enum.join('|')}`;
  };
  const addType = (schemaName: string): string => {
    const name = toName(schemaName);
    const { properties, required } = schemas[schemaName] ?? Schema.parse({});
    if (properties === undefined || Object.hasOwn(types, name)) return name;
    const fields: Record<string, string> = {};
    types[name] = fields;
    for (const [field, schema] of Object.entries(properties)) {
      const path = `${name}.${field}`;
      if (!omitted.includes(path))
        fields[field] = `${toType(schema)}${required.includes(field) && !optional.includes(path) ? '!' : ''}`;
    }
    return name;
  };
  addType(`${core}.Pod`);
  return types;
};

if (import.meta.main) writeFileSync(file, `${JSON.stringify(toPodTypes(await json(process.stdin)), null, 2)}\n`);
