import type * as z from 'zod';

import type * as queries from '#events/http/queries.ts';
import type * as revisions from '#events/records/revisions.ts';
import type * as snapshots from '#events/records/snapshots.ts';
import type * as schedules from '#events/records/schedules.ts';

export type Clusters = Readonly<z.infer<typeof queries.Clusters>>;
export type ListedCluster = Clusters['clusters'][number];
export type BatchItems = Readonly<z.infer<typeof queries.BatchItems>>;
export type Jobs = Readonly<z.infer<typeof queries.Jobs>>;
export type Logs = Readonly<z.infer<typeof queries.Logs>>;
export type KeptLogsList = Readonly<z.infer<typeof queries.KeptLogsList>>;
export type NamedTarget = Readonly<z.infer<typeof queries.NamedTarget>>;
export type Orphans = Readonly<z.infer<typeof queries.Orphans>>;
export type Revisions = Readonly<z.infer<typeof revisions.Revisions>>;
export type RevisionWithSpec = Readonly<z.infer<typeof revisions.RevisionWithSpec>>;
export type Snapshots = Readonly<z.infer<typeof snapshots.Snapshots>>;
export type Schedules = Readonly<z.infer<typeof schedules.Schedules>>;
export type ScheduleRuns = Readonly<z.infer<typeof schedules.ScheduleRuns>>;
export type Targets = Readonly<z.infer<typeof queries.Targets>>;
export type Transitions = z.infer<typeof queries.Transitions>;
export type { Accepted, Applied } from '#events/http/accepted.ts';
export type { Plan } from '#events/http/plans.ts';
export type { Finding, TargetCheck } from '#events/http/target-check.ts';
export type { Upload } from '#events/http/uploads.ts';
