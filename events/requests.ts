import * as z from 'zod';

import { Cluster, DeploymentMode, Job, Operation, Orphan, Target } from './model.ts';
import { Mistake } from './problem.ts';
import { Transition } from './transitions.ts';

/** A command on the queue: CloudEvents 1.0 in JSON. */
export const CommandMessage = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(200),
    type: z.string().regex(/^drey\.command\.[a-z]+\.v1$/, 'the type is drey.command.<command>.v1'),
    source: z.string().min(1),
    subject: z
      .string()
      .regex(/^targets\/[^/]+(\/clusters\/[^/]+)?$/, 'the subject is targets/<target>/clusters/<cluster id>')
      .meta({ example: 'targets/etl/clusters/nightly' }),
    time: z.iso.datetime({ offset: true }).optional(),
    datacontenttype: z.literal('application/json').optional(),
    idempotencykey: z.string().min(1).max(200).optional(),
    data: z.unknown(),
  })
  .meta({ id: 'CommandMessage' });
export type CommandMessage = z.infer<typeof CommandMessage>;

export const UploadRequest = z
  .strictObject({
    name: z
      .string()
      .max(200)
      .regex(/^[\w.-]+\.jar$/, 'a jar is named with letters, digits, "_", "." and "-", and ends with .jar')
      .meta({ example: 'TopSpeedWindowing.jar' }),
    bytes: z.int().min(1).meta({ description: 'The size of the file: just so many bytes are accepted.' }),
  })
  .meta({ id: 'UploadRequest' });

export const Upload = z
  .strictObject({
    jar: z.string().meta({ description: 'What a submit calls it.' }),
    url: z.string().meta({ description: 'PUT the file there, with the headers.' }),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Upload' });
export type Upload = z.infer<typeof Upload>;

/** The answer to a command. `Location` names the operation. */
export const Accepted = z.strictObject({ operation: Operation, cluster: Cluster.optional() }).meta({ id: 'Accepted' });
export type Accepted = z.infer<typeof Accepted>;

/** What a deploy would create. */
export const Plan = z
  .strictObject({
    clusterId: z.string(),
    objects: z.array(z.unknown()).meta({
      description:
        'In the order of their creation. A deploy adds the annotation and the options that name its operation.',
    }),
    config: z
      .record(
        z.string(),
        z.strictObject({
          value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
          from: z.enum(['folder', 'target', 'command', 'drey']),
        }),
      )
      .meta({ description: "The cluster's whole configuration, and where each value came from." }),
    warnings: z.array(z.string()),
    dryRun: z
      .enum(['passed', 'refused', 'not-tried'])
      .meta({ description: 'What the API server of the target said to the objects.' }),
    errors: z.array(Mistake).meta({ description: 'Why it refused, or could not be asked.' }),
  })
  .meta({ id: 'Plan' });
export type Plan = z.infer<typeof Plan>;

export const Clusters = z
  .strictObject({ clusters: z.array(Cluster), cursor: z.string().optional() })
  .meta({ id: 'Clusters' });
export const Jobs = z
  .strictObject({
    jobs: z.array(Job),
    reachable: z
      .enum(['True', 'False', 'Unknown'])
      .meta({ description: 'True: as Flink says now. Else as it was seen last.' }),
  })
  .meta({ id: 'Jobs' });
export const Transitions = z
  .strictObject({
    transitions: z.array(Transition),
    last: z.int().meta({ description: 'Ask with after= this for what comes next.' }),
  })
  .meta({ id: 'Transitions' });
export const NamedTarget = Target.extend({ name: z.string() }).meta({ id: 'NamedTarget' });
export const Targets = z.strictObject({ targets: z.array(NamedTarget) }).meta({ id: 'Targets' });
export const Orphans = z.strictObject({ orphans: z.array(Orphan) }).meta({ id: 'Orphans' });
/** Which orphans are to go: as they were listed. */
export const OrphanRemoval = z
  .strictObject({
    orphans: z
      .array(Orphan.pick({ kind: true, name: true, uid: true }))
      .min(1)
      .max(100),
  })
  .meta({ id: 'OrphanRemoval' });
export const Logs = z.strictObject({ log: z.string() }).meta({ id: 'Logs' });
export const Health = z.strictObject({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });

/** The longest that `Prefer: wait` keeps a request open, in seconds: API Gateway gives up at 30. */
export const longestWaitSeconds = 25;

export const ClusterQuery = z.strictObject({
  state: z.string().optional().meta({ description: 'States, separated by commas. Left out: those that live.' }),
  mode: DeploymentMode.optional().meta({ description: 'session or application; both when left out.' }),
  label: z.string().optional().meta({ description: 'key=value; several are separated by commas.' }),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});
export const EventQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const LogQuery = z.strictObject({
  lines: z.coerce.number().int().min(1).max(5_000).default(100),
  previous: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .meta({ description: 'Of the container before the last restart.' }),
});
