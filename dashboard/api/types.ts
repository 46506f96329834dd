import type { components, paths } from './schema.ts';

export type Schemas = components['schemas'];

export type Cluster = Schemas['ClusterWithJobs'];
export type Condition = Cluster['conditions'][number];
export type Demand = Schemas['Demand'];
export type Job = Schemas['Job'];
export type Operation = Schemas['Operation'];
export type Plan = Schemas['Plan'];
export type Problem = Schemas['Problem'];
export type QueuedCommand = Schemas['QueuedCommand'];
export type QueueView = Schemas['QueueView'];
export type Revision = Schemas['Revision'];
export type Target = Schemas['NamedTarget'];

/** The routes of the commands for a cluster or a job. */
export type CommandRoute = Extract<keyof paths, `/v1/targets/{target}/clusters/{clusterId}/${string}`>;
