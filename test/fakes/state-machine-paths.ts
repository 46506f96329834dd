/** The paths of the Amazon States Language, in the form `$.member.member`. */

/** A failure of the execution itself, by the name that Step Functions gives it. */
export class StateMachineError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** @throws Error for a path in another form, such as `$$.Execution.Id` or `$.list[0]`. */
const membersOf = (path: string): readonly string[] => {
  if (!/^\$(\.[A-Za-z_]\w*)*$/.test(path)) throw new Error(`the path ${path} is not supported`);
  return path.split('.').slice(1);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws StateMachineError `States.Runtime` when there is no value at the path. */
export const readPath = (path: string, data: unknown): unknown => {
  let value = data;
  for (const member of membersOf(path)) {
    if (!isObject(value) || !Object.hasOwn(value, member))
      throw new StateMachineError('States.Runtime', `there is no ${path} in ${JSON.stringify(data)}`);
    value = value[member];
  }
  return value;
};

/** The data with a result at the path, which replaces all of it by default. A path of `null` discards the result. */
export const writePath = (path: string | null | undefined, data: unknown, result: unknown): unknown => {
  if (path === null) return data;
  const write = (members: readonly string[], value: unknown): unknown => {
    const [member, ...rest] = members;
    if (member === undefined) return result;
    if (!isObject(value))
      throw new StateMachineError('States.ResultPathMatchFailure', `${path} does not fit ${JSON.stringify(data)}`);
    return { ...value, [member]: write(rest, value[member] ?? {}) };
  };
  return write(membersOf(path ?? '$'), data);
};

/** `Parameters` with a value from the input for each member whose name ends in `.$`. */
export const resolveTemplate = (template: unknown, input: unknown): unknown => {
  if (Array.isArray(template)) return template.map((item) => resolveTemplate(item, input));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), readPath(String(value), input)] : [key, resolveTemplate(value, input)],
    ),
  );
};
