import type { Api } from './api.ts';
import { notTheApiFailure } from './attempt-failure.ts';
import type { Query } from './path.ts';

interface ListOptions<P> {
  /** The member of a page that has the items. */
  readonly items: keyof P & string;
  readonly query?: Query;
  /** The number of items after which no other page is read. */
  readonly limit?: number;
}

interface Page {
  readonly cursor?: string;
  readonly unreadable?: readonly string[];
  readonly [items: string]: unknown;
}

/** @throws Failure for an answer that is not a page of the list. */
const getItems = (page: Page, name: string): readonly unknown[] => {
  const items = page[name];
  if (!Array.isArray(items)) throw notTheApiFailure();
  return items;
};

/**
 * Reads a list page by page.
 *
 * @returns The first page with the items of all pages, and without a cursor.
 */
export const readList = async <P extends object>(
  api: Api,
  path: string,
  { items: name, query = {}, limit = Infinity }: ListOptions<P>,
): Promise<P> => {
  const readPage = (cursor: string | undefined) => api.get<Page>(path, { ...query, cursor });
  const { cursor: next, ...first } = await readPage(undefined);
  const items = [...getItems(first, name)];
  const unreadable = [...(first.unreadable ?? [])];
  for (let cursor = next; cursor !== undefined && items.length < limit;) {
    const page = await readPage(cursor);
    if (page.cursor === cursor) throw notTheApiFailure(); // It would be read forever.
    items.push(...getItems(page, name));
    unreadable.push(...(page.unreadable ?? []));
    ({ cursor } = page);
  }
  const list = { ...first, [name]: items.slice(0, limit), ...(unreadable.length === 0 ? {} : { unreadable }) };
  return list as unknown as P; // A page of the list, with more items.
};
