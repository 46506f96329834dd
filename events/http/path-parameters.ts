import * as z from 'zod';

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
  proxy: z.string().meta({ description: "The path below the root of Flink's web UI, such as `jobs/overview`." }),
} as const;
