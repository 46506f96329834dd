import * as z from 'zod';

import { Cluster, DeploymentMode } from './cluster.ts';
import { submit } from './commands/submit.ts';
import { Job } from './job.ts';
import { OperationId } from './names.ts';
import { Operation, Verdict } from './operation.ts';
import { Orphan } from './orphan.ts';
import { FieldError } from './problem.ts';
import { Demand, Target } from './target.ts';
import { Transition } from './transitions.ts';

/** A command on the queue: CloudEvents 1.0 in JSON. */
export const CommandMessage = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(200),
    type: z.string().regex(/^drey\.command\.[a-z-]+\.v1$/, 'the type is drey.command.<command>.v1'),
    source: z.string().min(1),
    subject: z
      .string()
      .regex(/^targets\/[^/]+(\/clusters\/[^/]+)?$/, 'the subject is targets/<target>/clusters/<cluster id>')
      .meta({ example: 'targets/etl/clusters/nightly' }),
    time: z.iso.datetime({ offset: true }).optional(),
    datacontenttype: z.literal('application/json').optional(),
    idempotencykey: z.string().min(1).max(200).optional(),
    data: z.unknown().optional(),
    dataref: z
      .string()
      .max(1_000)
      .optional()
      .meta({ description: 'Instead of the data, where it is too large: the `s3://….json` that an upload answered.' }),
    operationid: OperationId.optional().meta({ description: "Drey's own: the operation to carry on." }),
    batchid: OperationId.optional().meta({ description: "Drey's own: the batch that this is an element of." }),
    batchindex: z.int().min(0).optional(),
  })
  .meta({ id: 'CommandMessage' });
export type CommandMessage = z.infer<typeof CommandMessage>;

export const UploadRequest = z
  .strictObject({
    name: z
      .string()
      .max(200)
      .regex(
        /^[\w.-]+\.(jar|json)$/,
        'a file is named with letters, digits, "_", "." and "-", and ends with .jar, or .json for a command',
      )
      .meta({ example: 'TopSpeedWindowing.jar' }),
    bytes: z.int().min(1).meta({ description: 'The size of the file: just so many bytes are accepted.' }),
  })
  .meta({ id: 'UploadRequest' });

export const Upload = z
  .strictObject({
    jar: z.string().meta({ description: 'What a submit calls it; the `dataref` of a message, for a command.' }),
    url: z.string().meta({ description: 'PUT the file there, with the headers.' }),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Upload' });
export type Upload = z.infer<typeof Upload>;

/** A program whose plan is wanted (`flink info`). */
export const JobPlanRequest = z
  .strictObject({
    jar: submit.data.shape.jar,
    entryClass: submit.data.shape.entryClass,
    args: submit.data.shape.args,
    parallelism: submit.data.shape.parallelism,
  })
  .meta({ id: 'JobPlanRequest' });
export type JobPlanRequest = z.output<typeof JobPlanRequest>;
export const JobPlan = z
  .strictObject({ plan: z.unknown().meta({ description: "Flink's own plan: its nodes and how they are connected." }) })
  .meta({ id: 'JobPlan' });

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
    errors: z.array(FieldError).meta({ description: 'Why it refused, or could not be asked.' }),
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
const QueuedCommandView = z
  .strictObject({
    position: z.int().min(1),
    operationId: z.string(),
    kind: z.enum(['deploy', 'submit']),
    clusterId: z.string(),
    team: z.string(),
    priority: z.int(),
    since: z.iso.datetime(),
    deadline: z.iso.datetime(),
    dependsOn: z.array(z.string()),
    reason: z
      .enum(['Starting', 'WaitingForQuota', 'WaitingForTurn', 'WaitingForDependency', 'WaitingForCluster', 'Paused'])
      .meta({ description: 'What it waits for.' }),
    message: z.string(),
  })
  .meta({ id: 'QueuedCommand' });
/** Who waits for a target, first to last, and how much of it is taken. */
export const QueueView = z
  .strictObject({
    target: z.string(),
    paused: z.strictObject({ since: z.iso.datetime() }).optional().meta({ description: 'Nothing is started.' }),
    limits: Target.shape.limits,
    usage: Demand,
    teams: z.array(z.strictObject({ team: z.string(), usage: Demand })),
    queued: z.array(QueuedCommandView),
  })
  .meta({ id: 'QueueView' });
export type QueueView = z.infer<typeof QueueView>;
export const QueueControl = z
  .strictObject({ paused: z.boolean().meta({ description: 'true: nothing is started any more.' }) })
  .meta({ id: 'QueueControl' });
export const PriorityChange = z
  .strictObject({ priority: z.int().min(-1_000).max(1_000) })
  .meta({ id: 'PriorityChange' });
export const Canceled = z.strictObject({ canceled: z.int() }).meta({ id: 'Canceled' });

export const BatchItems = z
  .strictObject({
    batchItems: z.array(
      z.strictObject({
        batchId: z.string(),
        batchIndex: z.int(),
        clusterId: z.string(),
        operationId: z.string().optional(),
        verdict: Verdict.optional(),
        message: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'BatchItems' });

const DeadLetter = z.strictObject({
  id: z.string(),
  subject: z.string().optional(),
  type: z.string().optional(),
  commandId: z.string().optional(),
  correlationId: z.string().optional(),
  code: z.string().optional().meta({ description: 'Why its last try failed, where that is known.' }),
  detail: z.string().optional(),
});
export const DeadLetters = z
  .strictObject({
    commands: z.array(DeadLetter),
    more: z.literal(true).optional().meta({ description: 'There may be more than these: ask once more.' }),
  })
  .meta({ id: 'DeadLetters' });
export type DeadLetters = z.infer<typeof DeadLetters>;
export const Redrive = z
  .strictObject({
    ids: z.array(z.string().min(1).max(200)).min(1).max(100).optional().meta({ description: 'All, when left out.' }),
  })
  .meta({ id: 'Redrive' });

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
