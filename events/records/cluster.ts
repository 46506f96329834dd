import * as z from 'zod';

import { flinkVersions } from '#events/flink-version.ts';
import { ClusterLifetime } from '#events/lifetime.ts';
import { SnapshotPolicy } from '#events/snapshot-policy.ts';

import { clusterStates } from './cluster-states.ts';
import { NextRollout, RolloutProgress, Snapshot } from './rollout.ts';
import { Time } from './time.ts';

export const ClusterState = z.enum(clusterStates);

export type ClusterState = z.infer<typeof ClusterState>;

const Labels = z.record(z.string().regex(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/), z.string().max(63));

export const DeploymentMode = z.enum(['session', 'application', 'per-job']);

export type DeploymentMode = z.infer<typeof DeploymentMode>;

/**
 * The last observation: whether Flink responds, and whether the pods are healthy. `Unknown` never ends a cluster. Of a
 * rollout: whether it is in progress, and whether the last one ended with a stable revision. Of an incarnation that ends:
 * whether its logs are kept.
 */
export const Condition = z.strictObject({
  type: z.enum(['Reachable', 'Healthy', 'Progressing', 'Stable', 'LogsKept']),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  since: Time,
});

export type Condition = z.infer<typeof Condition>;

/** The program of an application. Flink 2.3 and later report it. Earlier versions report only jobs, or crash. */
export const ProgramStatus = z.strictObject({
  state: z.enum(['RUNNING', 'FINISHED', 'FAILED', 'CANCELED']),
  message: z.string().optional().meta({ description: 'Root cause of a failure of main() or of a job.' }),
});

export type ProgramStatus = Readonly<z.infer<typeof ProgramStatus>>;

/** Size of the TaskManagers of a cluster, for the admission of its jobs and of their rescales. */
export const TaskManagers = z.strictObject({
  slots: z.int().min(1),
  cpu: z.number(),
  memoryMebibytes: z.int(),
  parallelism: z.int().min(1),
});

export type TaskManagers = Readonly<z.infer<typeof TaskManagers>>;

export const Cluster = z
  .strictObject({
    target: z.string(),
    clusterId: z.string(),
    mode: z.enum(['session', 'application']),
    state: ClusterState,
    reason: z.string().optional().meta({ description: 'Why the cluster is in this state.' }),
    message: z.string().optional(),
    namespace: z.string(),
    image: z.string(),
    flinkVersion: z.enum(flinkVersions).meta({ description: 'Flink version of the image, as the deploy assumes it.' }),
    labels: Labels,
    conditions: z.array(Condition),
    sequence: z.int().min(1).meta({ description: 'Sequence number of the last transition.' }),
    operationId: z.string().meta({ description: 'The deploy operation of this incarnation.' }),
    revision: z.int().min(1).optional().meta({
      description: 'Number of the revision that this incarnation runs. Absent: an earlier version of Drey deployed it.',
    }),
    firstRevision: z.int().min(1).optional().meta({
      description:
        'Number of the first revision since the cluster last ended. An automatic rollback goes back to none before it. Absent: not known.',
    }),
    stopOperationId: z.string().optional().meta({ description: 'The last stop operation.' }),
    uid: z.string().optional().meta({ description: 'The uid of the Deployment.' }),
    taskManagers: TaskManagers.optional().meta({
      description: 'Size of a TaskManager, and the default parallelism of a job.',
    }),
    hasSavepointDirectory: z.boolean().optional().meta({
      description:
        'Whether the configuration has a default directory of savepoints. Otherwise each savepoint needs one.',
    }),
    checkpointDirectory: z.string().optional().meta({
      description:
        'Directory of the checkpoints (`execution.checkpointing.dir`). Absent: the configuration has none, or it does not have a subdirectory for each job.',
    }),
    retainsCheckpoints: z.literal(true).optional().meta({
      description:
        'Flink keeps the last checkpoint of a job that ends (`execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION`).',
    }),
    highAvailabilityDirectory: z.string().optional().meta({
      description: 'Directory of the files of high availability. Absent: the cluster has no high availability.',
    }),
    highAvailabilityData: z
      .strictObject({
        place: z.string().meta({
          description: 'Account (stage: that of the stage), Region, EKS cluster and namespace of the ConfigMaps.',
        }),
        until: Time.optional().meta({
          description:
            'ConfigMaps of this cluster ID that were created later belong to others, unless this incarnation wrote them. Absent: no earlier incarnation wrote any.',
        }),
      })
      .optional()
      .meta({ description: 'Which ConfigMaps of high availability are those of earlier incarnations.' }),
    recordsRescales: z.literal(true).optional().meta({
      description:
        'The cluster keeps a history of rescales (`web.adaptive-scheduler.rescale-history.size`), and Drey publishes each rescale.',
    }),
    program: ProgramStatus.optional().meta({
      description:
        'Of an application with Flink 2.3 or later: the state of its program when it was last without a running job. With an earlier Flink: FAILED after a crash of the JobManager.',
    }),
    rollout: RolloutProgress.optional().meta({
      description: 'The rollout in progress. The next one waits for its end, and other deploys of the ID are refused.',
    }),
    nextRollout: NextRollout.optional().meta({
      description: 'The rollout that waits for the end of the one in progress. A newer one takes its place.',
    }),
    snapshot: Snapshot.optional().meta({
      description: 'Of an UPGRADING or SUSPENDED cluster: the state that its next incarnation starts from.',
    }),
    jobsFrom: z.string().optional().meta({
      description:
        'Of an UPGRADING or SUSPENDED session whose last incarnation did not keep its jobs: the deploy of the incarnation whose jobs start again.',
    }),
    lifetime: ClusterLifetime.optional(),
    snapshots: SnapshotPolicy.extend({
      keep: SnapshotPolicy.shape.keep.unwrap(),
      dueAt: Time.optional().meta({ description: 'When the next savepoints are taken. Absent: not RUNNING yet.' }),
    }).optional(),
    onFailure: z.literal('keep').optional().meta({
      description: 'The deploy keeps the objects of the cluster when it fails. Absent: it removes them.',
    }),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Cluster' });

export type Cluster = Readonly<z.infer<typeof Cluster>>;

/** Whether the cluster FAILED and its objects are kept for examination. A stop removes them. */
export const holdsFailedObjects = ({
  state,
  stopOperationId,
  onFailure,
}: Pick<Cluster, 'state' | 'stopOperationId' | 'onFailure'>): boolean =>
  state === 'FAILED' && stopOperationId === undefined && onFailure === 'keep';
