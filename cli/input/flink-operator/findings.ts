import { isRecord } from '#events/is-record.ts';
import { describeInput } from '#events/problems/issues.ts';

/** Where a field of a resource is: `['spec', 'job', 'jarURI']`. */
export type FieldPath = readonly string[];

/** What the conversion found about one field of a resource. */
export interface Finding {
  readonly path: FieldPath;
  readonly detail: string;
}

/** What the conversion of one resource found. */
export interface Findings {
  /** Fields that change what runs, and that a deploy of Drey cannot express. */
  readonly refusals: readonly Finding[];
  /** Fields that have no effect on a first deploy. They are left out. */
  readonly notes: readonly Finding[];
  readonly refuse: (path: FieldPath, detail: string) => void;
  readonly note: (path: FieldPath, detail: string) => void;
}

export const createFindings = (): Findings => {
  const refusals: Finding[] = [];
  const notes: Finding[] = [];
  return {
    refusals,
    notes,
    refuse: (path, detail) => void refusals.push({ path, detail }),
    note: (path, detail) => void notes.push({ path, detail }),
  };
};

/** A map of a resource, with the place to report its mistakes. */
export interface Section {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly path: FieldPath;
  readonly findings: Findings;
}

/** The member with this name as a section. Undefined when it is missing, empty or, which is refused, no map. */
export const readSection = ({ fields, path, findings }: Section, name: string): Section | undefined => {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (isRecord(value)) return { fields: value, path: [...path, name], findings };
  findings.refuse([...path, name], `must be a map, not ${describeInput(value)}`);
  return undefined;
};

/** A scalar as text. Undefined when it is missing or blank. A map or a list is refused. */
export const readText = ({ fields, path, findings }: Section, name: string): string | undefined => {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value).trim() === '' ? undefined : String(value);
  findings.refuse([...path, name], `must be text, not ${describeInput(value)}`);
  return undefined;
};

/** A whole number. Undefined when it is missing. Any other value is refused. */
export const readInteger = ({ fields, path, findings }: Section, name: string): number | undefined => {
  const value = fields[name] ?? undefined;
  if (value === undefined || Number.isSafeInteger(value)) return value as number | undefined;
  findings.refuse([...path, name], `must be a whole number, not ${describeInput(value)}`);
  return undefined;
};

/** The operator ignores fields that its resource does not have, such as typing errors. */
export const noteUnknownFields = ({ fields, path, findings }: Section, known: readonly string[]): void => {
  for (const name of Object.keys(fields))
    if (!known.includes(name)) findings.note([...path, name], 'The operator reads no such field. Check its spelling.');
};

/** Notes each field that is set. */
export const noteFields = ({ fields, path, findings }: Section, notes: Readonly<Record<string, string>>): void => {
  for (const [name, detail] of Object.entries(notes))
    if ((fields[name] ?? undefined) !== undefined) findings.note([...path, name], detail);
};
