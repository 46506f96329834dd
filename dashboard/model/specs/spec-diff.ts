import { isRecord } from '#events/is-record.ts';

/** A member that differs between two specs. */
export interface SpecChange {
  /** JSON pointer of the member. */
  readonly pointer: string;
  /** Absent: the old spec does not have it. */
  readonly old?: unknown;
  /** Absent: the new spec does not have it. */
  readonly new?: unknown;
}

/** What differs between two JSON values, by member. Lists are compared as a whole, because the order of arguments counts. */
export const diffSpecs = (from: unknown, to: unknown, pointer = ''): readonly SpecChange[] => {
  if (isRecord(from) && isRecord(to))
    return [...new Set([...Object.keys(from), ...Object.keys(to)])]
      .toSorted()
      .flatMap((key) => diffSpecs(from[key], to[key], `${pointer}/${escape(key)}`));
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ pointer, ...(from === undefined ? {} : { old: from }), ...(to === undefined ? {} : { new: to }) }];
};

const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** A value of a spec as a reader writes it: a text as it is, the rest as JSON. */
export const formatValue = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
