import { describe, expect, it } from 'vitest';

import { flinkVersions } from '#events/flink-version.ts';
import { defaultFlink, getPatchRelease, lines } from '#local/flink-versions.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { getDefaultImage } from '#shared/flink/version.ts';

describe('the versions of the local system', () => {
  it('are those that Drey starts', () => {
    expect(lines).toEqual(flinkVersions);
    expect(lines).toContain(defaultFlink);
  });

  it.each(flinkVersions)('have the patch release of the default image of Flink %s', (line) => {
    expect(getDefaultImage(line)).toBe(`apache/flink:${getPatchRelease(line)}-scala_2.12`);
  });

  it.each([
    [['1.20', '2.2'], '/cache/flink-1.20.5/examples/streaming/WordCount.jar'],
    [['2.2-python'], '/cache/flink-2.2.1/examples/streaming/WordCount.jar'],
  ])('%j has the example jobs of the first one', (flink, path) => {
    expect(exampleJar({ cache: '/cache', flink }, 'WordCount')).toBe(path);
  });
});
