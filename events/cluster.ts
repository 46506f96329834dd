import * as z from 'zod';

import { ClusterLifetime } from './lifetime.ts';

export const clusterStates = [
  'QUEUED',
  'REQUESTED',
  'DEPLOYING',
  'RUNNING',
  'STOPPING',
  'STOPPED',
  'FINISHED',
  'CANCELED',
  'FAILED',
] as const;

export const ClusterState = z.enum(clusterStates);

export type ClusterState = z.infer<typeof ClusterState>;

export const Time = z.iso.datetime();

const Labels = z.record(z.string().regex(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/), z.string().max(63));

export const DeploymentMode = z.enum(['session', 'application', 'per-job']);

export type DeploymentMode = z.infer<typeof DeploymentMode>;

/** How the cluster was seen last: whether it answers, and whether its pods are in order. `Unknown` ends nothing. */
export const Condition = z.strictObject({
  type: z.enum(['Reachable', 'Healthy']),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  since: Time,
});

export type Condition = z.infer<typeof Condition>;

/** What a job on a session needs to be planned for. */
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
    reason: z.string().optional().meta({ description: 'Why it is in this state, where that is not plain.' }),
    message: z.string().optional(),
    namespace: z.string(),
    image: z.string(),
    labels: Labels,
    conditions: z.array(Condition),
    sequence: z.int().min(1).meta({ description: 'The number of its last transition.' }),
    operationId: z.string().meta({ description: 'The deploy that it came from.' }),
    stopOperationId: z.string().optional().meta({ description: 'The stop that it went through last.' }),
    uid: z.string().optional().meta({ description: 'The uid of its Deployment.' }),
    taskManagers: TaskManagers.optional().meta({
      description: 'Of a session: what one is, and the parallelism of a job that names none.',
    }),
    lifetime: ClusterLifetime.optional(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Cluster' });

export type Cluster = Readonly<z.infer<typeof Cluster>>;

const terminalClusterStates: ReadonlySet<ClusterState> = new Set(['STOPPED', 'FINISHED', 'CANCELED', 'FAILED']);

export const isTerminalCluster = (cluster: Pick<Cluster, 'state'>) => terminalClusterStates.has(cluster.state);
