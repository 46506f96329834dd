import * as z from 'zod';

/** Of one lifetime of one life of a cluster: an id may have several of both. */
const ofLifetime = { target: z.string(), clusterId: z.string(), operationId: z.string(), version: z.int() };

/** What EventBridge Scheduler sends when a time has come. It may come late, and more than once. */
export const TimerEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('warning'), ...ofLifetime }),
  z.strictObject({ kind: z.literal('end'), ...ofLifetime }),
  z.strictObject({
    kind: z.literal('schedule'),
    target: z.string(),
    name: z.string(),
    revision: z.string(),
    /** As the scheduler fills it in. */
    scheduledAt: z.string().optional(),
  }),
]);
export type TimerEvent = Readonly<z.infer<typeof TimerEvent>>;
export type LifetimeTimerEvent = Extract<TimerEvent, { readonly kind: 'warning' | 'end' }>;
export type ScheduleTimerEvent = Extract<TimerEvent, { readonly kind: 'schedule' }>;
