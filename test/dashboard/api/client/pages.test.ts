import { expect, it } from 'vitest';

import { readPages } from '../../../../dashboard/api/client/pages.ts';

it('a list ends with the page that has no cursor, or with the maximum', async () => {
  const read = async (cursor: string | undefined) =>
    cursor === undefined ? { items: ['a', 'b'], cursor: 'two' } : { items: ['c'] };

  expect(await readPages(read, 10)).toEqual({ items: ['a', 'b', 'c'], hasMore: false });
  expect(await readPages(read, 2)).toEqual({ items: ['a', 'b'], hasMore: true });
});

it('a list whose page names itself as the next one is refused', async () => {
  await expect(readPages(async () => ({ items: [], cursor: 'same' }), 10)).rejects.toThrow('not one of the API');
});
