import { describe, expect, it } from 'vitest';

import type { Api } from '#cli/api/api.ts';
import { readList } from '#cli/api/pages.ts';

interface Names {
  readonly names: readonly string[];
  readonly target: string;
  readonly cursor?: string;
  readonly unreadable?: readonly string[];
}

/** An API with a list of two pages. */
const openApi = () => {
  const queries: unknown[] = [];
  const get = async (_path: string, query: Readonly<Record<string, unknown>> = {}) => {
    queries.push(query);
    return query['cursor'] === 'two'
      ? { target: 'etl', names: ['c'], unreadable: ['d'] }
      : { target: 'etl', names: ['a', 'b'], cursor: 'two' };
  };
  return { queries, api: { get } as unknown as Api };
};

describe('a list', () => {
  it('is read page by page, with the same query', async () => {
    const { api, queries } = openApi();

    expect(await readList<Names>(api, '/v1/names', { items: 'names', query: { state: 'RUNNING' } })).toEqual({
      target: 'etl',
      names: ['a', 'b', 'c'],
      unreadable: ['d'],
    });
    expect(queries).toEqual([
      { state: 'RUNNING', cursor: undefined },
      { state: 'RUNNING', cursor: 'two' },
    ]);
  });

  it('is refused when a page names itself as the next one', async () => {
    const get = async () => ({ names: ['a'], cursor: 'same' });

    await expect(readList<Names>({ get } as unknown as Api, '/v1/names', { items: 'names' })).rejects.toThrow(
      'not the API of Drey',
    );
  });

  it('is read no further than the limit', async () => {
    const { api, queries } = openApi();

    expect((await readList<Names>(api, '/v1/names', { items: 'names', limit: 1 })).names).toEqual(['a']);
    expect(queries).toHaveLength(1);
  });
});
