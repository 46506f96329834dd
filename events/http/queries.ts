import * as z from 'zod';

import { BatchItem } from '../batch-item.ts';
import { Cluster, DeploymentMode } from '#events/records/cluster.ts';
import { Job } from '#events/records/job.ts';
import { Orphan } from '#events/records/orphan.ts';
import { StoredTarget } from '#events/records/target.ts';
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

export const Logs = z.strictObject({ log: z.string() }).meta({ id: 'Logs' });

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

export const LogQuery = z.strictObject({
  lines: z.coerce.number().int().min(1).max(5_000).default(100),
  previous: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .meta({ description: 'true: the log of the container before its last restart.' }),
});
