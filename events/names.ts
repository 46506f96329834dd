import * as z from 'zod';

import { hex32 } from './hex-id.ts';

export const clusterIdPattern = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/**
 * `kubernetes.cluster-id`. The naming rules of Kubernetes apply, because objects are named after it. Flink limits it to
 * 45 characters.
 */
export const ClusterId = z
  .string()
  .max(45, 'A cluster ID has at most 45 characters.')
  .regex(
    clusterIdPattern,
    'A cluster ID has lower-case letters, digits and "-", starts with a letter and does not end with "-".',
  )
  .meta({ description: 'kubernetes.cluster-id', example: 'my-first-flink-cluster' });
export type ClusterId = z.infer<typeof ClusterId>;

export const TargetName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'A target name has at most 63 lower-case letters, digits and "-".')
  .meta({ description: 'Name of a target: an EKS cluster, a namespace and policies.', example: 'local' });
export type TargetName = z.infer<typeof TargetName>;

/** Flink's job ID. The job ID of a submit is its operation ID. */
export const JobId = z
  .string()
  .transform((id) => id.toLowerCase())
  .pipe(z.string().regex(hex32, 'A job ID has 32 hexadecimal digits, for example fd72014d4c864993a2e5a9287b4a9c5d.'));
export type JobId = z.infer<typeof JobId>;

export const OperationId = z.string().regex(hex32, 'An operation ID has 32 hexadecimal digits.');
export type OperationId = z.infer<typeof OperationId>;

/** The operation that took a snapshot, and of a stop of a cluster the job as well. */
export const SnapshotId = z
  .string()
  .regex(
    /^[0-9a-f]{32}(-[0-9a-f]{32})?$/,
    'A snapshot ID has 32 hexadecimal digits, or twice as many with "-" between them.',
  )
  .meta({ description: 'ID of a snapshot of the cluster ID.', example: '0192f6d27d5c7b0e8f4e0f6f4f3f2a14' });
export type SnapshotId = z.infer<typeof SnapshotId>;

/** A cluster ID is unique in its target. */
export interface ClusterRef {
  readonly target: string;
  readonly clusterId: string;
}

/** An operation as callers name it. */
export interface OperationRef {
  readonly target: string;
  readonly operationId: string;
}

/** The cluster reference as the subject of a message, the resource of an event and a log field. */
export const subjectOf = ({ target, clusterId }: ClusterRef) => `targets/${target}/clusters/${clusterId}`;
