import { describe, expect, it } from 'vitest';

import { limitWarnings } from '#shared/flink/manifests/warnings.ts';

const list = (count: number) => Array.from({ length: count }, (_, index) => `warning ${index}`);

describe('warnings', () => {
  it('are complete up to the maximum', () => {
    expect(limitWarnings(list(20))).toEqual(list(20));
  });

  it('end with the number of the others when there are more', () => {
    expect(limitWarnings(list(25))).toEqual([
      ...list(19),
      'There are 6 more warnings. Correct these to see the others.',
    ]);
  });
});
