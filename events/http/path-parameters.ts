import { SpecName } from '#events/records/specs.ts';
import { RevisionNumber } from '#events/records/revisions.ts';
import { ClusterId, JobId, OperationId, SnapshotId, TargetName } from '../names.ts';

/** The parameters of all paths of the HTTP API. */
export const pathParameters = {
  target: TargetName,
  clusterId: ClusterId,
  jobId: JobId,
  operationId: OperationId,
  name: SpecName,
  revision: RevisionNumber,
  snapshotId: SnapshotId,
} as const;
