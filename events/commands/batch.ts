import * as z from 'zod';

import { ClusterId, clusterIdPattern } from '../names.ts';
import { defineCommand } from './define.ts';

const Parameter = z.union([z.string().max(10_000), z.number(), z.boolean()]).transform(String);

/** The commands that a batch may give for its rows. */
export const batchCommands = ['deploy', 'apply'] as const;
export type BatchCommand = (typeof batchCommands)[number];

const maxNameLength = 39;
/** Leaves room for the index of the item in a cluster ID. */
export const BatchName = ClusterId.max(maxNameLength, `The name of a batch has at most ${maxNameLength} characters.`);

export const batch = defineCommand({
  kind: 'batch',
  function: 'batch',
  route: 'POST /v1/targets/{target}/batches',
  summary: 'Deploy or apply one spec for each row of a list of parameters.',
  data: z
    .strictObject({
      // `BatchName` validates the name together with the rows, so that the response has the mistakes of both.
      name: z.string().meta({
        maxLength: maxNameLength,
        pattern: clusterIdPattern.source,
        description: 'Name of the batch. Without a `clusterId` in the template, the clusters are NAME-0, NAME-1 …',
        example: 'nightly',
      }),
      command: z.enum(batchCommands).default('deploy').meta({
        description:
          'deploy: each row starts an application, and has the verdict of its program. apply: each row makes its cluster run the spec, and is FINISHED when it does.',
      }),
      template: z.record(z.string(), z.unknown()).meta({
        description:
          'The body of a deploy in application mode, or of an apply. In every string, `${param.NAME}` is replaced by the parameter of the row, and `${param.index}` by the number of the row, starting at 0.',
        example: {
          mode: 'application',
          image: 'registry/etl:7',
          job: { jar: 'local:///opt/flink/usrlib/etl.jar', args: ['--day', '${param.day}'] },
        },
      }),
      parameters: z
        .array(
          z.record(
            z
              .string()
              .regex(
                /^[A-Za-z]\w{0,62}$/,
                'A parameter name has letters, digits and "_", and starts with a letter, for example day or inputPath.',
              ),
            Parameter,
          ),
        )
        .min(1)
        .max(1_000, 'A batch has at most 1,000 rows.')
        .meta({ example: [{ day: '2026-11-22' }, { day: '2026-11-23' }] }),
      correlationId: z.string().min(1).max(200).optional(),
      taskToken: z.string().min(1).max(2_048).optional(),
    })
    .meta({ id: 'Batch' }),
});
export type BatchData = z.output<typeof batch.data>;
