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
]);
const shownMembersOfData: ReadonlySet<string> = new Set(['clusterId', 'jobId', 'name', 'correlationId']);
const none: ReadonlySet<string> = new Set();

/**
 * The body of a message that Drey keeps for people, without secrets: a wrong message may have them in any member. A body
 * that is not JSON is hidden.
 */
export const maskMessage = (body: string): string => {
  try {
    return JSON.stringify(hide(JSON.parse(body), shownMembers));
  } catch {
    return mask; // The problem of the message says that it is not JSON.
  }
};

const hide = (value: unknown, shown: ReadonlySet<string>): unknown => {
  if (Array.isArray(value)) return value.map((item) => hide(item, none));
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        maskText(key),
        typeof member === 'string' && shown.has(key)
          ? maskText(member)
          : hide(member, shown === shownMembers && key === 'data' ? shownMembersOfData : none),
      ]),
    );
  return typeof value === 'string' || typeof value === 'number' ? mask : value;
};
