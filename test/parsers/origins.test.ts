import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Manifests } from '#shared/flink/manifests/manifests.ts';

import { checkAll, type Rendered } from './batches.ts';
import { getFile, getJobManager } from './deploy.ts';
import { flinkLines, type FlinkRequest, type Reading, useFlink } from './flink.ts';
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

/** The objects. The ID of the operation differs between origins, and a batch names its clusters itself. */
const withoutIds = (manifests: Manifests): unknown =>
  JSON.parse(
    JSON.stringify(manifests)
      .replaceAll(/[0-9a-f]{32}/g, 'ID')
      .replaceAll('rows-0', 'etl'),
  );

type Given = Omit<Written, 'flinkVersion'> & { readonly variable: string; readonly label: string };

describe.each(flinkLines)('with Flink %s, every origin', (line) => {
  const { inProcess, deployByScript } = useOrigins();
  const read = useFlink(line);

  /** The origins try the same cases, so that each is deployed over HTTP once. */
  const madeByHttp = new Map<string, Promise<Made>>();
  const deployByHttp = (given: Given): Promise<Made> => {
    const key = JSON.stringify(given);
    const made = madeByHttp.get(key) ?? inProcess.HTTP({ ...given, flinkVersion: line });
    madeByHttp.set(key, made);
    return made;
  };

  /** Deploys through an origin. Its cluster has what was written, and equals that of a deploy over HTTP. */
  const through =
    (deploy: (written: Written) => Promise<Made>) =>
    async (given: Given): Promise<Rendered<FlinkRequest, Reading>> => {
      const { args, config, variable, label } = given;
      const { manifests } = await deploy({ ...given, flinkVersion: line });
      const { manifests: byHttp } = await deployByHttp(given);
      if (manifests === undefined || byHttp === undefined) throw new Error('The command was refused.');
      return {
        request: { file: 'config.yaml', text: getFile(manifests, 'config.yaml'), pods: true },
        verify: ({ arguments: received, options: known, taskManager }) => {
          const pod = { env: { PW: variable }, labels: { l: label } };
          expect({ received, known, pods: [getJobManager(manifests), taskManager] }).toMatchObject({
            received: args,
            known: config,
            pods: [pod, pod],
          });
          expect(withoutIds(manifests)).toEqual(withoutIds(byHttp));
          return 'equal';
        },
      };
    };

  it.each([
    ['HTTP', 700],
    ['the queue', 700],
    ['a batch', 450],
    ['a stored spec', 450],
    ['a schedule', 450],
    ['drey', 200],
  ] as const)('passes on what a caller writes: %s, %i runs', async (origin, runs) => {
    expect.hasAssertions();
    await checkAll({ cases: written, render: through(inProcess[origin]), ask: read, runs, minEqual: 1 });
  });

  it('passes on what a caller writes: bin/flink, 4 runs, each of which starts a process', async () => {
    expect.hasAssertions();
    await checkAll({ cases: written, render: through(deployByScript), ask: read, runs: 4, minEqual: 1 });
  });

  it('passes on the arguments and options of a job on a session, 450 runs', async () => {
    expect.hasAssertions();
    await checkAll({
      cases: written,
      render: async (given): Promise<Rendered<FlinkRequest, Reading>> => ({
        request: { run: await submit({ ...given, flinkVersion: line }) },
        verify: ({ arguments: received, options: known }) => {
          expect(received).toEqual(given.args);
          expect(known).toMatchObject(given.config);
          return 'equal';
        },
      }),
      ask: read,
      runs: 450,
      minEqual: 1,
    });
  });
});
