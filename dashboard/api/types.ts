import type { components } from './schema.ts';

type Schemas = components['schemas'];

export type BatchItem = Schemas['BatchItems']['batchItems'][number];
export type Cluster = Schemas['ClusterWithJobs'];
export type Condition = Cluster['conditions'][number];
export type DeadLetter = Schemas['DeadLetters']['commands'][number];
export type Demand = Schemas['Demand'];
export type Job = Schemas['Job'];
export type Operation = Schemas['Operation'];
export type Problem = Schemas['Problem'];
export type QueuedCommand = Schemas['QueuedCommand'];
export type QueueView = Schemas['QueueView'];
export type Schedule = Schemas['Schedule'];
export type ScheduleRun = Schemas['ScheduleRun'];
export type Target = Schemas['NamedTarget'];
export type Transition = Schemas['Transitions']['transitions'][number];
