import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { getFile, getJobManager } from './deploy.ts';
import { flinkLines, useFlink } from './flink.ts';
import { type Made, submit, useOrigins, type Written } from './origins.ts';
import { options, text } from './texts.ts';

const labelValue = fc.oneof(
  fc.constantFrom('yes', 'on', 'n', '1_000', '2001-01-01', '7e10', '1.20', '0x1f', 'null', '', 'v1'),
  fc.stringMatching(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,10}[A-Za-z0-9])?$/),
);

const written = fc
  .record({ args: fc.array(text, { maxLength: 4 }), options, variable: text, label: labelValue })
  .map(({ args, options: own, variable, label }) => ({
    args,
    variable,
    label,
    config: {
      ...own,
      'containerized.master.env.PW': variable,
      'containerized.taskmanager.env.PW': variable,
      'kubernetes.jobmanager.labels.l': label,
      'kubernetes.taskmanager.labels.l': label,
    },
  }));

type Given = Written & { readonly variable: string; readonly label: string };

describe('every origin', () => {
  const { inProcess, deployByScript } = useOrigins();
  const read = useFlink('2.3');

  /** What the program, Flink and the containers get. */
  const describeMade = async ({ manifests }: Made) => {
    if (manifests === undefined) throw new Error('The command was refused.');
    const reading = await read({ file: 'config.yaml', text: getFile(manifests, 'config.yaml'), pods: true });
    return { args: reading.arguments, options: reading.options, pods: [getJobManager(manifests), reading.taskManager] };
  };

  const expectAsWritten = async (made: Made, { args, config, variable, label }: Given) => {
    const pod = { env: { PW: variable }, labels: { l: label } };
    expect(await describeMade(made)).toMatchObject({ args, options: config, pods: [pod, pod] });
  };

  it.each(['HTTP', 'the queue', 'a batch', 'a stored spec', 'a schedule', 'drey'] as const)(
    'passes on what a caller writes: %s',
    async (origin) => {
      expect.hasAssertions();
      await fc.assert(
        fc.asyncProperty(written, async (given) => expectAsWritten(await inProcess[origin](given), given)),
        { numRuns: 50 },
      );
    },
  );

  it('passes on what a caller writes: bin/flink', async () => {
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(written, async (given) => expectAsWritten(await deployByScript(given), given)),
      { numRuns: 5 },
    );
  });
});

describe.each(flinkLines)('the REST API of Flink %s', (line) => {
  const read = useFlink(line);

  it('gets the arguments and options of a job on a session as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(written, async ({ args, config }) => {
        const { arguments: received, options: known } = await read({ run: await submit({ args, config }) });

        expect(received).toEqual(args);
        expect(known).toMatchObject(config);
      }),
      { numRuns: 100 },
    );
  });
});
