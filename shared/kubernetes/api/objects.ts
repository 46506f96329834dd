import * as z from 'zod';

/** The fields of Kubernetes objects that Drey reads. Other fields are ignored. */
export const Metadata = z.object({
  name: z.string(),
  uid: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  ownerReferences: z
    .array(z.object({ apiVersion: z.string().optional(), kind: z.string(), name: z.string(), uid: z.string() }))
    .default([]),
});

/** An object of any kind, of which only the metadata matters. */
export const AnyObject = z.object({ metadata: Metadata });
export type AnyObject = Readonly<z.infer<typeof AnyObject>>;

export const Deployment = z.object({
  metadata: Metadata,
  status: z.object({ readyReplicas: z.int().optional() }).optional(),
});
export type Deployment = Readonly<z.infer<typeof Deployment>>;

const ContainerState = z.object({
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  running: z.object({ startedAt: z.string().optional() }).optional(),
  terminated: z.object({ exitCode: z.int(), reason: z.string().optional(), message: z.string().optional() }).optional(),
});

const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  restartCount: z.int(),
  imageID: z.string().optional(),
  state: ContainerState.optional(),
  lastState: ContainerState.optional(),
});
export type ContainerStatus = Readonly<z.infer<typeof ContainerStatus>>;

export const Pod = z.object({
  metadata: Metadata,
  spec: z
    .object({
      initContainers: z.array(z.object({ name: z.string(), restartPolicy: z.string().optional() })).default([]),
    })
    .optional(),
  status: z
    .object({
      phase: z.string().default('Unknown'),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
            lastTransitionTime: z.string().nullish(),
          }),
        )
        .default([]),
      initContainerStatuses: z.array(ContainerStatus).default([]),
      containerStatuses: z.array(ContainerStatus).default([]),
    })
    .optional(),
});
export type Pod = Readonly<z.infer<typeof Pod>>;

export const Event = z.object({
  metadata: z.object({ creationTimestamp: z.string().nullish() }),
  involvedObject: z.object({ kind: z.string().optional(), name: z.string().optional(), uid: z.string().optional() }),
  /** `Normal` or `Warning`. */
  type: z.string().optional(),
  reason: z.string().default('Unknown'),
  message: z.string().default(''),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  series: z.object({ lastObservedTime: z.string().nullish() }).nullish(),
});
export type Event = Readonly<z.infer<typeof Event>>;

/** The time of the first occurrence of an event. */
export const findFirstTime = (event: Event): string => event.firstTimestamp ?? event.eventTime ?? findEventTime(event);

/** The time of the latest occurrence of an event. */
export const findEventTime = ({ series, lastTimestamp, eventTime, metadata }: Event): string =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? new Date(0).toISOString();
