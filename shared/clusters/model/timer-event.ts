import * as z from 'zod';

/** Identifies one version of the lifetime of one incarnation of a cluster. */
const lifetimeFields = { target: z.string(), clusterId: z.string(), operationId: z.string(), version: z.int() };

/** What EventBridge Scheduler sends when a timer is due. It may be late, and it may be delivered more than once. */
export const TimerEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('warning'), ...lifetimeFields }),
  z.strictObject({ kind: z.literal('end'), ...lifetimeFields }),
  z.strictObject({
    kind: z.literal('schedule'),
    target: z.string(),
    name: z.string(),
    /** The revision of the schedule that the timer was set for. */
    revision: z.string(),
    /** The scheduled time. EventBridge Scheduler fills it in. */
    scheduledAt: z.string().optional(),
  }),
]);
export type TimerEvent = Readonly<z.infer<typeof TimerEvent>>;
export type LifetimeTimerEvent = Extract<TimerEvent, { readonly kind: 'warning' | 'end' }>;
export type ScheduleTimerEvent = Extract<TimerEvent, { readonly kind: 'schedule' }>;
