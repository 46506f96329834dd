import * as z from 'zod';

import { BatchItem } from '../batch-item.ts';
import { Cluster, DeploymentMode } from '#events/records/cluster.ts';
import { OperationId } from '#events/names.ts';
import { Job } from '#events/records/job.ts';
import { factKinds, KeptIncarnation } from '#events/records/kept-logs.ts';
import { Orphan } from '#events/records/orphan.ts';
import { StoredTarget } from '#events/records/target.ts';
import { Time } from '#events/records/time.ts';
import { Transition } from '#events/records/transitions.ts';
import { nextCursor, pageQuery, recordPage } from './paging.ts';

/** A cluster of a list. It has jobs when the query asks for them. */
const ClusterWithJobs = Cluster.extend({
  jobs: z.array(Job).optional().meta({
    description:
      'With `jobs=true`: the jobs of this incarnation when Drey last observed them, which is up to a minute ago. At most 100 records of jobs are read, those with the highest IDs. Jobs that are not terminal come first, then the newest ones.',
  }),
  hasMoreJobs: z.literal(true).optional().meta({
    description:
      'The list may lack jobs of the cluster, also running ones, because it reads at most 100 records of jobs of a cluster, those of earlier incarnations included, and a response has at most 6 MB. Get them from the list of its jobs.',
  }),
}).meta({ id: 'ClusterWithJobs' });

export const Clusters = z
  .strictObject({
    clusters: z.array(ClusterWithJobs),
    ...recordPage,
  })
  .meta({ id: 'Clusters' });

export const Jobs = z
  .strictObject({
    jobs: z.array(Job),
    ...nextCursor,
    reachable: z.enum(['True', 'False', 'Unknown']).meta({
      description: 'true: Flink reported the jobs for this request. Otherwise, the jobs are from the last observation.',
    }),
  })
  .meta({ id: 'Jobs' });

export const Transitions = z
  .strictObject({
    transitions: z.array(Transition),
    last: z.int().meta({ description: 'Sequence of the last transition. Pass it as `after` to get the next page.' }),
  })
  .meta({ id: 'Transitions' });

export const NamedTarget = StoredTarget.extend({ name: z.string() }).meta({ id: 'NamedTarget' });

export const Targets = z.strictObject({ targets: z.array(NamedTarget), ...recordPage }).meta({ id: 'Targets' });

export const Orphans = z.strictObject({ orphans: z.array(Orphan), ...nextCursor }).meta({ id: 'Orphans' });

/** The orphans to delete, as a list of orphans names them. */
export const OrphanRemoval = z
  .strictObject({
    orphans: z
      .array(Orphan.pick({ kind: true, name: true, uid: true }))
      .min(1)
      .max(100),
  })
  .meta({ id: 'OrphanRemoval' });

export const BatchItems = z
  .strictObject({
    batchItems: z.array(BatchItem),
    ...nextCursor,
  })
  .meta({ id: 'BatchItems' });

export const Logs = z
  .strictObject({
    log: z.string().meta({ description: 'The lines. JSON for `file`.' }),
    source: z.enum(['live', 'kept']).meta({
      description: 'live: the pod or the JobManager was read for this request. kept: a file that outlives the cluster.',
    }),
    operationId: z.string().meta({ description: 'The deploy operation of the incarnation.' }),
    pod: z.string().optional().meta({ description: 'Absent: the newest JobManager that runs.' }),
    at: Time.optional().meta({ description: 'Of a kept file: when it was kept.' }),
    truncated: z.literal(true).optional().meta({ description: 'Older lines are left out, because of the size.' }),
  })
  .meta({ id: 'Logs' });

export const KeptLogsList = z
  .strictObject({
    incarnations: z.array(KeptIncarnation).meta({ description: 'Newest first.' }),
    ...recordPage,
  })
  .meta({ id: 'KeptLogsList' });

export const Health = z.strictObject({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });

export const ClusterQuery = z.strictObject({
  state: z.string().optional().meta({ description: 'Comma-separated states. Default: the live states.' }),
  mode: DeploymentMode.optional().meta({ description: 'session or application. Default: both.' }),
  label: z.string().optional().meta({ description: 'Comma-separated labels, each key=value.' }),
  jobs: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .meta({ description: 'true: each cluster has its jobs.' }),
  ...pageQuery({ max: 200, default: 100 }),
});

export const EventQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

const secondsOf = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 } as const;

/** A time before now, such as `10m`, in seconds. */
export const LogAge = z
  .string()
  .regex(/^[1-9]\d{0,5} ?(s|m|min|h|d)$/, 'Use a number and a unit (s, m, h or d), for example 10m.')
  .transform((text) => {
    const unit = text.replace(/^\d+ ?/, '') as keyof typeof secondsOf; // The pattern has these units.
    return Number.parseInt(text, 10) * secondsOf[unit];
  });

export const LogQuery = z.strictObject({
  lines: z.coerce.number().int().min(1).max(5_000).default(100),
  component: z.enum(['jobmanager', 'taskmanager']).default('jobmanager').meta({
    description: 'taskmanager: the one with the number `number`.',
  }),
  number: z.coerce.number().int().min(1).max(10_000).default(1).meta({
    description: 'Number of the TaskManager, in the order of the names of their pods. It counts for taskmanager only.',
  }),
  pod: z
    .string()
    .max(253)
    .regex(
      /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/,
      'A pod name has lower-case letters, digits, "-" and ".", for example etl-taskmanager-1-1.',
    )
    .optional()
    .meta({ description: 'Name of a pod, in place of `component` and `number`.' }),
  previous: flag.meta({ description: 'true: the log of the container before its last restart.' }),
  restart: z.coerce.number().int().min(0).max(1_000_000).optional().meta({
    description:
      'Of a pod with several kept logs: that of the container after this number of restarts. In place of `previous`.',
  }),
  since: LogAge.optional().meta({
    description: 'Only the lines of this time before now, or before a kept log was kept: 10m, for example.',
    type: 'string',
  }),
  grep: z.string().min(1).max(200).optional().meta({ description: 'Only the lines with this text, in any case.' }),
  file: z.enum(factKinds).optional().meta({
    description: 'What the JobManager knows in place of a log, as JSON: the answers of its REST API without secrets.',
  }),
  kept: flag.meta({ description: 'true: reads what is kept, also of a cluster that runs.' }),
  incarnation: OperationId.optional().meta({
    description: 'The deploy operation of an incarnation, of which the kept files are read. Default: the last one.',
  }),
});

export type LogQuery = Readonly<z.output<typeof LogQuery>>;
