import { describe, expect, it } from 'vitest';

import { formatBytes } from '../../../dashboard/model/bytes.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_572_864, '1.5 MiB'],
    [500 * 1_024 ** 3, '500 GiB'],
    [3 * 1_024 ** 5, '3072 TiB'],
  ])('%i is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
