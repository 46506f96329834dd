import type { components, operations, paths } from './schema.ts';

export type Schemas = components['schemas'];

export type BatchItem = Schemas['BatchItems']['batchItems'][number];
export type Cluster = Schemas['Cluster'];
/** A cluster of a list that was asked for with its jobs. */
export type ListedCluster = Schemas['ClusterWithJobs'];
export type Condition = Cluster['conditions'][number];
export type DeadLetter = Schemas['DeadLetters']['commands'][number];
export type Demand = Schemas['Demand'];
export type Job = Schemas['Job'];
export type FieldError = Plan['errors'][number];
export type Operation = Schemas['Operation'];
export type Problem = Schemas['Problem'];
export type QueuedCommand = Schemas['QueuedCommand'];
export type QueueView = Schemas['QueueView'];
/** How an apply of a job keeps its state and verifies the new job. */
export type JobRollout = NonNullable<
  operations['putTargetsClustersJobsOne']['requestBody']['content']['application/json']['rollout']
>;
export type Schedule = Schemas['Schedule'];
export type ScheduleRun = Schemas['ScheduleRun'];
export type Target = Schemas['NamedTarget'];
export type DeploySpec = Schemas['PlanRequest'];
export type RevisionWithSpec = Schemas['RevisionWithSpec'];
export type KeptFile = Schemas['KeptFile'];
export type KeptIncarnation = Schemas['KeptIncarnation'];
export type Logs = Schemas['Logs'];
export type LogQuery = NonNullable<operations['getTargetsClustersLogs']['parameters']['query']>;
export type Plan = Schemas['Plan'];
export type Revision = Schemas['Revision'];
export type RolloutProgress = Schemas['RolloutProgress'];
export type Snapshot = Schemas['Snapshot'];
export type Transition = Schemas['ClusterTransition'] | Schemas['JobTransition'];

/** The routes of the commands for a cluster, a job or a snapshot. */
export type CommandRoute = Extract<keyof paths, `/v1/targets/{target}/clusters/{clusterId}/${string}`>;
