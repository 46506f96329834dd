import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { toDocuments } from '#shared/flink/manifests/manifests.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

const words = [
  'yes',
  'no',
  'on',
  'off',
  'y',
  'n',
  'NO',
  '1_000',
  '2001-01-01',
  '1:20',
  '0o14',
  '014',
  '0x1f',
  '.inf',
  '~',
  'e0',
  'e-5',
];

/** The annotations of the Deployment as a reader of this version of YAML understands them. */
const readAnnotations = (annotations: Readonly<Record<string, string>>, version: '1.1' | '1.2'): unknown => {
  const config = Object.fromEntries(
    Object.entries(annotations).map(([name, value]) => [`kubernetes.jobmanager.annotations.${name}`, value]),
  );
  const manifests = renderCluster({ mode: 'session', clusterId: 'nest', namespace: 'trees', config });
  const [deployment] = parseAllDocuments(toDocuments(manifests), { version });
  return deployment?.toJS().metadata.annotations;
};

describe.each(['1.1', '1.2'] as const)('a reader of YAML %s', (version) => {
  it('reads each word of another type as text, as name and as value', () => {
    const annotations = Object.fromEntries(words.map((word) => [word, word]));

    expect(readAnnotations(annotations, version)).toEqual(annotations);
  });

  it('reads any text as it was written', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[-+.:_0-9a-fxoeynN~]{0,12}$/));

    fc.assert(
      fc.property(text, (value) => {
        expect(readAnnotations({ a: value }, version)).toEqual({ a: value });
      }),
      { numRuns: 300 },
    );
  });
});
