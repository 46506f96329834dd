import { Fault, findTextErrors } from '#events/problems/problem.ts';

/** Which part of a list a caller wants. */
export interface PageRequest {
  readonly limit: number;
  /** The cursor of the previous page. Undefined: the first page. */
  readonly cursor?: string | undefined;
}

/** The records of a list. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** The ids of records that this version of Drey cannot read, because another version wrote them. They are live. */
  readonly unreadable?: readonly string[];
}

export interface Page<T> extends Listed<T> {
  /** Where the next page starts. Undefined on the last page. */
  readonly cursor?: string | undefined;
}

/** Lambda answers at most 6 MB. API Gateway gets the body as text in JSON, which doubles the quotes and backslashes. */
export const maxPageBytes = 4_500_000;

/** The bytes that an item takes of {@link maxPageBytes}. */
export const measureItem = (item: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(item)));

/** How many of the first items fit into a response: at least one, and at most `limit`. */
export const countFitting = (items: readonly unknown[], limit: number): number => {
  let bytes = 0;
  const end = items.slice(0, limit).findIndex((item, index) => {
    bytes += measureItem(item);
    return bytes > maxPageBytes && index > 0;
  });
  return end === -1 ? Math.min(items.length, limit) : end;
};

/** A page of a list that is complete in memory. Its cursor is the number of items before it. */
export const cutPage = <T>(all: readonly T[], { limit, cursor }: PageRequest): Page<T> => {
  const start = parseNameCursor(cursor) ?? '0';
  if (!/^\d+$/.test(start)) throw newCursorFault();
  const rest = all.slice(Number(start));
  const items = rest.slice(0, countFitting(rest, limit));
  return items.length < rest.length ? { items, cursor: formatCursor(String(Number(start) + items.length)) } : { items };
};

/** A cursor that names where a page starts. */
export const formatCursor = (...parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** @throws Fault `malformed-request` for a cursor that does not come from an earlier response. */
export const parseCursor = (cursor: string, length: number): readonly string[] => {
  const parts = parseJson(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(parts) || parts.length !== length || !parts.every((part) => typeof part === 'string'))
    throw newCursorFault();
  // A caller can write a cursor, and the check of the query sees its encoded text only.
  if (findTextErrors(parts).length > 0) throw newCursorFault();
  return parts;
};

/** The name after which a page starts. Undefined for the first page. @throws Fault `malformed-request` */
export const parseNameCursor = (cursor: string | undefined): string | undefined =>
  cursor === undefined ? undefined : parseCursor(cursor, 1)[0];

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The caller reports that the cursor is none.
  }
};

/** @param detail Why the cursor is refused. */
export const newCursorFault = (detail = 'does not come from an earlier response'): Fault => {
  return new Fault('malformed-request', `/cursor: ${detail}. Repeat the request without it.`, {
    errors: [{ pointer: '/cursor', detail }],
  });
};
