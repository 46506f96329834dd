import * as z from 'zod';

import { ClusterId, clusterIdPattern } from '../names.ts';
import { defineCommand } from './define.ts';

const Parameter = z.union([z.string().max(10_000), z.number(), z.boolean()]).transform(String);

const maxNameLength = 39;
/** As its applications are named. */
export const BatchName = ClusterId.max(maxNameLength, `the name of a batch has at most ${maxNameLength} characters`);

export const batch = defineCommand({
  kind: 'batch',
  function: 'batch',
  route: 'POST /v1/targets/{target}/batches',
  summary: 'Start one application for each row of a list of parameters.',
  data: z
    .strictObject({
      // Judged with the rows, by `BatchName`: so a mistake here hides none of theirs.
      name: z.string().meta({
        maxLength: maxNameLength,
        pattern: clusterIdPattern.source,
        description: 'Its applications are named after it: NAME-0, NAME-1 …, where the template names them not.',
        example: 'nightly',
      }),
      template: z.record(z.string(), z.unknown()).meta({
        description:
          'The body of a deploy, in application mode. `${param.NAME}` in any text of it stands for the parameter of the row, `${param.index}` for the number of the row, from 0.',
        example: {
          mode: 'application',
          image: 'registry/etl:7',
          job: { jar: 'local:///opt/flink/usrlib/etl.jar', args: ['--day', '${param.day}'] },
        },
      }),
      parameters: z
        .array(
          z.record(z.string().regex(/^[A-Za-z]\w{0,62}$/, 'a parameter is named like day or inputPath'), Parameter),
        )
        .min(1)
        .max(1_000, 'a batch has at most 1000 rows')
        .meta({ example: [{ day: '2026-11-22' }, { day: '2026-11-23' }] }),
      correlationId: z.string().min(1).max(200).optional(),
      taskToken: z.string().min(1).max(2_048).optional(),
    })
    .meta({ id: 'Batch' }),
});
export type BatchData = z.output<typeof batch.data>;
