import * as z from 'zod';

import { Location, SavepointDirectory } from '../location.ts';
import { JobId, SnapshotId } from '../names.ts';
import { defineCommand } from './define.ts';

const Format = z
  .enum(['CANONICAL', 'NATIVE'])
  .default('CANONICAL')
  .meta({ description: 'CANONICAL can be restored with another state backend. NATIVE is faster.' });

export const savepoint = defineCommand({
  kind: 'savepoint',
  function: 'savepoints',
  workflow: 'snapshot',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/savepoints',
  summary: 'Take a savepoint of a running job (`flink savepoint`).',
  data: z
    .strictObject({
      jobId: JobId,
      directory: SavepointDirectory,
      format: Format,
      cancelJob: z.boolean().default(false).meta({
        description: 'Cancel the job when the savepoint is complete (`flink cancel -s`, deprecated by Flink).',
      }),
    })
    .meta({ id: 'Savepoint' }),
});

export const checkpoint = defineCommand({
  kind: 'checkpoint',
  function: 'savepoints',
  workflow: 'snapshot',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/checkpoints',
  summary: 'Take a checkpoint of a running job (`flink checkpoint`).',
  data: z
    .strictObject({
      jobId: JobId,
      full: z
        .boolean()
        .default(false)
        .meta({ description: 'Take a full checkpoint even if the job uses incremental checkpoints.' }),
    })
    .meta({ id: 'Checkpoint' }),
});

export const stopJob = defineCommand({
  kind: 'stop-job',
  function: 'savepoints',
  workflow: 'snapshot',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/stop',
  summary: 'Stop a job with a savepoint (`flink stop`).',
  data: z
    .strictObject({
      jobId: JobId,
      directory: SavepointDirectory,
      format: Format,
      drain: z.boolean().default(false).meta({
        description: 'Emit the maximum watermark and process all records in flight first, as if the sources had ended.',
      }),
    })
    .meta({ id: 'StopJob' }),
});

export const disposeSavepoint = defineCommand({
  kind: 'dispose-savepoint',
  function: 'savepoints',
  workflow: 'snapshot',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/savepoint-disposals',
  summary: 'Delete a savepoint (`flink savepoint -d`). The cluster must have access to it.',
  data: z.strictObject({ path: Location.min(1) }).meta({ id: 'DisposeSavepoint' }),
});

export const disposeSnapshot = defineCommand({
  kind: 'dispose-snapshot',
  function: 'savepoints',
  workflow: 'snapshot',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/snapshots/{snapshotId}/disposal',
  summary: 'Delete a savepoint of the catalogue that no revision and no live job of the cluster was restored from.',
  data: z.strictObject({ snapshotId: SnapshotId }).meta({ id: 'DisposeSnapshot' }),
});
