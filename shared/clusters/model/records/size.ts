import { Fault, toPointer } from '#events/problems/problem.ts';

import type { Change } from './records.ts';

/**
 * The largest record that a command may create, in bytes. DynamoDB stores items up to 409,600 bytes. The rest is for what
 * Drey adds later: the end with its problem, phases, conditions and messages, and the attributes of the item.
 */
export const maxRecordBytes = 350_000;

/** DynamoDB stores numbers in at most 21 bytes. */
const numberBytes = 21;
/** A list or a map takes three bytes, and one for each element. */
const containerBytes = 3;

/**
 * The size of a value in an item of DynamoDB, in bytes of UTF-8. It is never smaller than what DynamoDB counts.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export const itemBytes = (value: unknown): number => {
  switch (typeof value) {
    case 'string':
      return Buffer.byteLength(value);
    case 'number':
      return numberBytes;
    case 'object':
      return value === null ? 1 : listParts(value).reduce((sum, part) => sum + 1 + part.bytes, containerBytes);
    case 'undefined':
      return 0;
    default:
      return 1;
  }
};

/** The parts of a list or map. The name of a member counts, the index of an element does not. */
const listParts = (value: object) =>
  Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => ({
      name,
      part: part as unknown,
      bytes: itemBytes(part) + (Array.isArray(value) ? 0 : Buffer.byteLength(name)),
    }));

/** The text, shortened to at most `maxBytes` bytes of UTF-8. */
export const cutToBytes = (text: string, maxBytes: number): string => {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  // A character that is cut in two becomes a replacement character.
  return Buffer.from(text)
    .subarray(0, Math.max(maxBytes, 0))
    .toString()
    .replace(/\uFFFD$/, '');
};

/** What a caller's request becomes in the table. */
interface StoredRequest {
  readonly record: object;
  /** Where the members of the request are in the record. */
  readonly path: readonly string[];
}

/** The fields of a request that have another name in the record. */
const requestNames: Readonly<Record<string, string>> = { restoredJobs: 'restore', restoredFrom: 'restore' };

/**
 * Refuses a request whose record would not fit into the table. The fault names the largest field.
 *
 * @throws Fault `malformed-request`
 */
export const assertStorable = ({ record, path }: StoredRequest): void => {
  const bytes = itemBytes(record);
  if (bytes <= maxRecordBytes) return;
  const found = findLargest(record);
  const isInRequest = path.every((name, index) => found.path[index] === name);
  const [first = '', ...rest] = isInRequest ? found.path.slice(path.length) : found.path;
  const pointer = toPointer([requestNames[first] ?? first, ...rest]);
  const detail =
    `has ${format(found.bytes)} bytes, and the request has ${format(bytes)}. ` +
    `A record holds at most ${format(maxRecordBytes)} bytes. Shorten the field.`;
  throw new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
};

interface Member {
  readonly path: readonly string[];
  readonly bytes: number;
}

/** The deepest member with more than half of the bytes of the record, or the record itself. */
const findLargest = (record: object): Member => {
  const bytes = itemBytes(record);
  const descend = (value: unknown, member: Member): Member => {
    if (typeof value !== 'object' || value === null) return member;
    const largest = listParts(value).find((part) => part.bytes > bytes / 2);
    if (largest === undefined) return member;
    return descend(largest.part, { path: [...member.path, largest.name], bytes: largest.bytes });
  };
  return descend(record, { path: [], bytes });
};

const format = (bytes: number): string => bytes.toLocaleString('en');

/** Checks the records that a change creates for a request. @throws Fault `malformed-request` */
export const assertChangeStorable = ({ operations = [], cluster, schedule }: Change): void => {
  const created = operations.filter(({ previous }) => previous === undefined);
  for (const { value } of created) assertStorable({ record: value, path: ['request', 'data'] });
  if (created.length > 0 && cluster !== undefined) assertStorable({ record: cluster.value, path: [] });
  if (schedule?.value !== undefined) assertStorable({ record: schedule.value, path: ['definition'] });
};
