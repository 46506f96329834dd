import type * as z from 'zod';

import type * as requests from '#events/requests.ts';
import type * as schedules from '#events/schedules.ts';

export type Clusters = Readonly<z.infer<typeof requests.Clusters>>;
export type BatchItems = Readonly<z.infer<typeof requests.BatchItems>>;
export type Jobs = Readonly<z.infer<typeof requests.Jobs>>;
export type Logs = Readonly<z.infer<typeof requests.Logs>>;
export type NamedTarget = Readonly<z.infer<typeof requests.NamedTarget>>;
export type Orphans = Readonly<z.infer<typeof requests.Orphans>>;
export type Schedules = Readonly<z.infer<typeof schedules.Schedules>>;
export type ScheduleRuns = Readonly<z.infer<typeof schedules.ScheduleRuns>>;
export type Targets = Readonly<z.infer<typeof requests.Targets>>;
export type Transitions = z.infer<typeof requests.Transitions>;
export type { Accepted, Upload } from '#events/requests.ts';
