/** A field of a manifest, or no field when its value is empty. Flink leaves out empty maps and lists. */
export const omitEmpty = <T extends Readonly<Record<string, object>>>(field: T): Partial<T> =>
  Object.values(field).some((value) => Object.keys(value).length > 0) ? field : {};
