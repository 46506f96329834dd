import type * as z from 'zod';

/**
 * The words for a mistake in a request, where its schema has none: they say what to write. Undefined leaves the words
 * of the validator.
 */
export const describeIssue = (issue: z.core.$ZodRawIssue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${typeNames[issue.expected] ?? issue.expected}, not ${describeInput(issue.input)}`;
    case 'too_small':
      return describeMinimum(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case 'too_big':
      return describeMaximum(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case 'invalid_value':
      return describeValues(issue.values.map(String), issue.input);
    case 'invalid_format':
      return formats[issue.format];
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? describeValues(issue.options.map(String), readMember(issue.input, issue.discriminator))
        : describeUnion(issue.errors, issue.input);
    case 'unrecognized_keys':
      return 'is unknown';
    default:
      return undefined;
  }
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
};

export const describeInput = (input: unknown): string => {
  if (input === null) return 'empty (null)';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'number') return describeNumber(input);
  return { string: 'text', boolean: 'true or false', object: 'a map' }[typeof input as string] ?? typeof input;
};

/** JSON has numbers that JavaScript cannot hold. A query that is no number becomes NaN. */
const describeNumber = (input: number): string => {
  if (Number.isNaN(input)) return 'text';
  if (!Number.isFinite(input)) return 'one that is too large';
  return Number.isInteger(input) ? 'a number' : 'a fraction';
};

/** The member that decides between the branches of a union. */
const readMember = (input: unknown, name = ''): unknown =>
  typeof input === 'object' && input !== null ? Object.entries(input).find(([key]) => key === name)?.[1] : input;

const describeValues = (values: readonly string[], input: unknown): string => {
  const list = values.length === 1 ? (values[0] ?? '') : `one of ${values.join(', ')}`;
  return input === undefined ? `is required: ${list}` : `must be ${list}`;
};

const formats: Readonly<Record<string, string>> = {
  url: 'must be a URL, for example s3://bucket/path',
  datetime: 'must be a time, for example 2026-11-24T20:00:00Z',
  base64: 'must be base64',
};

const units: Readonly<Record<string, string>> = { string: 'characters', array: 'items', record: 'entries' };

const describeMinimum = (origin: string, minimum: number, inclusive: boolean): string => {
  const unit = units[origin];
  if (unit === undefined) return `must be ${inclusive ? 'at least' : 'greater than'} ${minimum}`;
  return minimum === 1 ? 'must not be empty' : `must have at least ${minimum} ${unit}`;
};

const describeMaximum = (origin: string, maximum: number, inclusive: boolean): string => {
  const unit = units[origin];
  return unit === undefined
    ? `must be ${inclusive ? 'at most' : 'less than'} ${maximum}`
    : `must have at most ${maximum} ${unit}`;
};

/** A value whose type fits none of the branches. Where one branch has its type, its own issues are shown. */
const describeUnion = (branches: readonly (readonly z.core.$ZodIssue[])[], input: unknown): string | undefined => {
  const types = branches.flatMap(([issue]) =>
    issue?.code === 'invalid_type' && issue.path.length === 0 ? [typeNames[issue.expected] ?? issue.expected] : [],
  );
  return types.length === 0 ? undefined : `must be ${[...new Set(types)].join(' or ')}, not ${describeInput(input)}`;
};
