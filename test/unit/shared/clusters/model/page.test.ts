import { expect, it } from 'vitest';

import { formatCursor, parseNameCursor } from '#shared/clusters/model/page.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

it.each([
  ['half of a surrogate pair', 'a\ud800'],
  ['the character NUL', 'a\0'],
])('a cursor with %s is refused, because no store can look it up', (_what, name) => {
  expect(faultOf(() => parseNameCursor(formatCursor(name)))).toMatchObject({
    code: 'malformed-request',
    errors: [{ pointer: '/cursor' }],
  });
});

it('a cursor with any other name is read', () => {
  expect(parseNameCursor(formatCursor('ä-\ud83d\ude00'))).toBe('ä-\ud83d\ude00');
});
