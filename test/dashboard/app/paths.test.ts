import { describe, expect, it } from 'vitest';

import { clusterPath, toTargetPath } from '../../../dashboard/app/paths.ts';

describe('paths', () => {
  it('encode each name, so that none leads to another view', () => {
    expect(clusterPath('etl', '../queue?x')).toBe('/targets/etl/clusters/..%2Fqueue%3Fx');
  });

  it.each([
    ['/targets/etl/queue', '/targets/ml/queue'],
    ['/targets/etl/clusters/nightly', '/targets/ml/clusters'],
    ['/', '/targets/ml/clusters'],
  ])('of another target: %s becomes %s', (pathname, expected) => {
    expect(toTargetPath(pathname, 'ml')).toBe(expected);
  });
});
