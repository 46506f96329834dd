import * as z from 'zod';

/**
 * What a schema does with members that it does not name. `keep`: a record that is read, changed and written again keeps
 * the members that another version of Drey added. `drop`: nothing else sees them.
 */
type UnknownMembers = 'keep' | 'drop';
/** `repair`: like `drop`, for a value that the schema refuses. */
type Mode = UnknownMembers | 'repair';

const cache = {
  keep: new WeakMap<z.core.$ZodType, z.core.$ZodType>(),
  drop: new WeakMap<z.core.$ZodType, z.core.$ZodType>(),
  repair: new WeakMap<z.core.$ZodType, z.core.$ZodType>(),
};

const substitutes = new WeakMap<z.core.$ZodType, unknown>();

/** In data that Drey wrote, a value that the schema does not know reads as the substitute. */
export const readUnknownAs = <S extends z.ZodType>(schema: S, substitute: z.output<S>): S => {
  substitutes.set(schema, substitute);
  return schema;
};

/**
 * The schema for data that Drey wrote, maybe in another version: no object in it refuses members that it does not name.
 * Callers' data is parsed with the schema itself, which refuses them.
 */
export const lenient = <S extends z.ZodType>(schema: S, unknownMembers: UnknownMembers): S =>
  derive(schema, unknownMembers) as S; // It has the same type: members without a name are not in the type.

/**
 * The value without the members that the schema does not name, although the schema refuses the value. A refused text or
 * number stays. A refused object is left out, because nobody knows which of its members callers may see.
 */
export const dropUnknown = (schema: z.ZodType, value: unknown): unknown =>
  (derive(schema, 'repair') as z.ZodType).parse(value);

const derive = (schema: z.core.$ZodType, mode: Mode): z.core.$ZodType => {
  const known = cache[mode].get(schema);
  if (known !== undefined) return known;
  const lenientSchema = substitutes.has(schema)
    ? z.union([schema, z.unknown().transform(() => substitutes.get(schema))])
    : deriveParts(schema, mode);
  const derived = mode === 'repair' ? z.union([lenientSchema, z.unknown().transform(omitObject)]) : lenientSchema;
  cache[mode].set(schema, derived);
  return derived;
};

const omitObject = (value: unknown): unknown =>
  typeof value === 'object' && !(value instanceof Date) ? undefined : value;

/** The same schema with lenient parts. The definition of each kind of schema names its parts. */
const deriveParts = (schema: z.core.$ZodType, mode: Mode): z.core.$ZodType => {
  const def = definitionOf(schema);
  const part = (inner: z.core.$ZodType) => derive(inner, mode);
  switch (def.type) {
    case 'object': {
      const shape = Object.fromEntries(Object.entries(def.shape).map(([name, member]) => [name, part(member)]));
      const catchall = toCatchall(def.catchall, mode);
      return mode === 'repair'
        ? withParts(schema, { shape: z.object(shape).partial().shape, checks: [], catchall })
        : withParts(schema, { shape, catchall });
    }
    case 'array':
      return withParts(schema, { element: part(def.element) });
    case 'record':
      return withParts(schema, { valueType: part(def.valueType) });
    case 'union':
      // A repaired option accepts everything, so that the first one would be chosen.
      return withParts(schema, { options: def.options.map((one) => derive(one, mode === 'repair' ? 'drop' : mode)) });
    case 'pipe':
      return withParts(schema, { in: part(def.in), out: part(def.out) });
    case 'optional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return withParts(schema, { innerType: part(def.innerType) });
    default:
      return schema;
  }
};

const withParts = (schema: z.core.$ZodType, parts: object): z.core.$ZodType =>
  z.clone(schema, { ...definitionOf(schema), ...parts });

type Definition = z.core.$ZodTypes['_zod']['def'];

/** The definition of a schema, which names its parts. */
export const definitionOf = (schema: z.core.$ZodType): Definition => (schema as z.ZodType).def as Definition; // All of zod.

/** An object that names only some of its members, such as a pod template, keeps the others in any case. */
const toCatchall = (catchall: z.core.$ZodType | undefined, mode: Mode): z.core.$ZodType | undefined => {
  if (catchall !== undefined && !(catchall instanceof z.ZodNever)) return catchall;
  return mode === 'keep' ? z.unknown() : undefined;
};
