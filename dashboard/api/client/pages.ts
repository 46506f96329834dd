import { ApiError, notTheApi } from './problem.ts';

/** A list that was read page by page. */
export interface Pages<T> {
  readonly items: readonly T[];
  /** Whether the list has more items than were read. */
  readonly hasMore: boolean;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string | undefined;
}

/**
 * Reads the pages of a list, in order.
 *
 * @param maxItems Stops after the page with which so many items are read.
 */
export const readPages = async <T>(
  readPage: (cursor: string | undefined) => Promise<Page<T>>,
  maxItems: number,
): Promise<Pages<T>> => {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage(cursor);
    if (page.cursor !== undefined && page.cursor === cursor) throw new ApiError(notTheApi); // It would be read for ever.
    items.push(...page.items);
    ({ cursor } = page);
  } while (cursor !== undefined && items.length < maxItems);
  return { items, hasMore: cursor !== undefined };
};
