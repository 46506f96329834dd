import { isRecord } from './is-record.ts';
import { mask, maskText } from './secrets.ts';

/** The members by which a person recognizes a command. */
const shownMembers: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'type',
  'source',
  'subject',
  'time',
  'datacontenttype',
  'idempotencykey',
  'dataref',
  'data/clusterId',
  'data/jobId',
  'data/name',
  'data/correlationId',
]);

/**
 * The body of a message that Drey keeps for people, without secrets: a wrong message may have them in any member. A body
 * that is not JSON is hidden.
 */
export const maskMessage = (body: string): string => {
  try {
    return JSON.stringify(hide(JSON.parse(body), []));
  } catch {
    return mask; // The problem of the message says that it is not JSON.
  }
};

const hide = (value: unknown, path: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => hide(item, [...path, '']));
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [maskText(key), hide(member, [...path, key])]),
    );
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return typeof value === 'string' && shownMembers.has(path.join('/')) ? maskText(value) : mask;
};
