import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deploy, getFile } from './deploy.ts';
import { flinkLines, useFlink } from './flink.ts';
import { options, text } from './texts.ts';

describe.each(flinkLines)('Flink %s', (line) => {
  const read = useFlink(line);

  it('reads the arguments and options of an application as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 5 }), options, async (args, config) => {
        const cluster = deploy(line, { config, job: { jar: 'local:///x.jar', args } });
        const content = cluster === undefined ? 'refused' : getFile(cluster, 'config.yaml');

        const reading = await read({ file: 'config.yaml', text: content });

        expect(reading).toMatchObject({ arguments: args, options: config });
      }),
      { numRuns: 800 },
    );
  });
});
