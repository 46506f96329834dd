import * as z from 'zod';

export const clusterIdPattern = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** `kubernetes.cluster-id`. Objects are named after it, so it is as strict as they are, and Flink's limit is 45. */
export const ClusterId = z
  .string()
  .max(45, 'a cluster id has at most 45 characters')
  .regex(
    clusterIdPattern,
    'a cluster id is lower-case letters, digits and "-", begins with a letter and does not end with "-"',
  )
  .meta({ description: 'kubernetes.cluster-id', example: 'my-first-flink-cluster' });
export type ClusterId = z.infer<typeof ClusterId>;

export const TargetName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a target is named with at most 63 lower-case letters, digits and "-"')
  .meta({ description: 'A named place to deploy to.', example: 'local' });
export type TargetName = z.infer<typeof TargetName>;

const hex32 = /^[0-9a-f]{32}$/;

/** Flink's job id. The one of a submitted job is the id of its operation. */
export const JobId = z
  .string()
  .transform((id) => id.toLowerCase())
  .pipe(z.string().regex(hex32, 'a job id is 32 hex digits, such as fd72014d4c864993a2e5a9287b4a9c5d'));
export type JobId = z.infer<typeof JobId>;

export const OperationId = z.string().regex(hex32, 'an operation id is 32 hex digits');
export type OperationId = z.infer<typeof OperationId>;

/** Where a cluster lives: its id is unique in its target. */
export interface ClusterRef {
  readonly target: string;
  readonly clusterId: string;
}

/** The same place as a queue's message group, an event's resource and a log field. */
export const subjectOf = ({ target, clusterId }: ClusterRef) => `targets/${target}/clusters/${clusterId}`;
