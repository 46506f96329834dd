import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';

import { checkAll, type Rendered } from './batches.ts';
import { deploy, expectRefusal, getFile } from './deploy.ts';
import { flinkLines, type FlinkRequest, type Reading, useFlink } from './flink.ts';
import { options, text } from './texts.ts';

const programs = fc.record({ args: fc.array(text, { maxLength: 5 }), config: options });

describe.each(flinkLines)('Flink %s', (line) => {
  const read = useFlink(line);

  it('reads the arguments and options of an application as they were written', async () => {
    expect.hasAssertions();
    await checkAll({
      cases: programs,
      render: ({ args, config }): Rendered<FlinkRequest, Reading> => {
        const cluster = deploy(line, { config, job: { jar: 'local:///x.jar', args } });
        if (cluster instanceof Fault) return expectRefusal(cluster, ['job.args', ...Object.keys(config)]);
        return {
          request: { file: 'config.yaml', text: getFile(cluster, 'config.yaml') },
          verify: (reading: Reading) => {
            expect(reading).toMatchObject({ arguments: args, options: config });
            return 'equal';
          },
        };
      },
      ask: read,
      minEqual: 0.95,
    });
  });
});
