import type { V1ConfigMap } from '@kubernetes/client-node';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

import { flinkLines, useFlink } from './flink.ts';
import { text } from './texts.ts';

const options = fc.dictionary(fc.stringMatching(/^my(\.[a-z*/$_-]{1,4}){1,3}$/), text, {
  maxKeys: 4,
  noNullPrototype: true,
});

describe.each(flinkLines)('Flink %s', (line) => {
  const read = useFlink(line);

  it('reads the arguments and options of an application as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 5 }), options, async (args, config) => {
        const { dependents } = renderCluster({
          mode: 'application',
          clusterId: 'nest',
          namespace: 'trees',
          flinkVersion: line,
          config,
          job: { jar: 'local:///x.jar', args },
        });
        const configMap = dependents.find((object): object is V1ConfigMap => object.kind === 'ConfigMap');
        const reading = await read({ file: 'config.yaml', text: configMap?.data?.['config.yaml'] ?? '' });
        expect(JSON.stringify(reading.error)).toBeUndefined();
        expect(reading.arguments).toEqual(args);
        expect(reading.options).toMatchObject(config);
      }),
      { numRuns: 1500 },
    );
  });
});
