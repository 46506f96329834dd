import * as z from 'zod';

import { DeploymentMode } from '../model.ts';
import { ClusterId } from '../names.ts';
import { defineCommand } from './define.ts';

const optionName = /^[$A-Za-z_][$\w-]*(\.[$\w-]+)*$/;

/** Flink options by their dotted names, as `-Dkey=value` has them. */
export const Config = z
  .record(
    z.string().max(253).regex(optionName, 'an option is named like kubernetes.jobmanager.cpu.amount'),
    z.union([z.string(), z.number(), z.boolean()]).transform(String),
  )
  .meta({ description: 'Flink options, as -Dkey=value has them.', example: { 'taskmanager.numberOfTaskSlots': '4' } });

export const deploy = defineCommand({
  kind: 'deploy',
  route: 'POST /v1/targets/{target}/clusters',
  summary: 'Start a Flink cluster (`kubernetes-session.sh`).',
  data: z
    .strictObject({
      mode: DeploymentMode,
      clusterId: ClusterId.optional().meta({ description: 'Made up when it is left out.' }),
      config: Config.default({}),
      image: z
        .string()
        .min(1)
        .optional()
        .meta({ description: 'Short for kubernetes.container.image.ref.', example: 'flink:2.2' }),
      labels: z
        .record(
          z.string().regex(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/, 'not a label name'),
          z.string().max(63),
        )
        .refine((labels) => Object.keys(labels).length <= 32, 'there are at most 32 labels')
        .default({})
        .meta({ description: "Words of the caller's own, for lists and events.", example: { team: 'etl' } }),
    })
    .meta({ id: 'Deploy' }),
});
