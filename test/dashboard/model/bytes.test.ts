import { describe, expect, it } from 'vitest';

import { formatBytes } from '../../../dashboard/model/bytes.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0_B'],
    [1_023, '1023_B'],
    [1_572_864, '1.5_MiB'],
    [500 * 1_024 ** 3, '500_GiB'],
    [3 * 1_024 ** 5, '3072_TiB'],
  ])('%i is %s', (bytes, text) => expect(formatBytes(bytes).replaceAll('\u00A0', '_')).toBe(text));
});
