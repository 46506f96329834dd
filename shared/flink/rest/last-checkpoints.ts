import * as z from 'zod';

import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import { ignoreNotFound, parseResponse } from '#shared/flink/rest/transport/faults.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import { Identifier } from '#shared/flink/rest/transport/values.ts';

import { isPath } from './snapshots.ts';

/** An unexpected value counts as none. */
const Amount = z.int().min(0).optional().catch(undefined);
const Checkpoint = z.object({ id: Amount, external_path: Identifier.optional(), trigger_timestamp: Amount });
const Statistics = z.object({
  latest: z.object({ completed: Checkpoint.nullish(), restored: Checkpoint.nullish() }).nullish(),
});
const Config = z.object({
  externalization: z.object({ enabled: z.boolean(), delete_on_cancellation: z.boolean() }).nullish(),
});

/** `web.refresh-interval`: what Flink tells about checkpoints may be so old. */
export const statisticsAgeMs = 3_000;

/** The checkpoint that a job would continue from. */
export interface LastCheckpoint {
  /** Undefined: only the JobManager has the checkpoint, in its memory. */
  readonly path: string | undefined;
  /** Number of the checkpoint in its job. */
  readonly checkpoint?: number | undefined;
  /** When Flink began it, in ms. Undefined for a snapshot that the job was restored from. */
  readonly triggeredMs?: number | undefined;
}

/** The part of Flink's REST API that tells the last checkpoints of jobs. */
export const createLastCheckpointMethods = (client: RestClient) => ({
  /**
   * The last complete checkpoint of a job, also of one that restarts or has ended. Without one, it is the snapshot that the job
   * was restored from. The answer may be {@link statisticsAgeMs} old.
   *
   * @returns Undefined when there is neither, or when Flink does not have the job.
   */
  getLastCheckpoint: async (jobId: string): Promise<LastCheckpoint | undefined> => {
    const { completed, restored } = await readLatest(client, jobId);
    const last = completed ?? restored ?? undefined;
    if (last === undefined) return undefined;
    const location = isPath(last.external_path) ? last.external_path : undefined;
    return { path: location, checkpoint: last.id, triggeredMs: completed?.trigger_timestamp };
  },

  /**
   * Whether a job has continued from a checkpoint of its own since its JobManager started, and not from the snapshot that it was
   * first started from, or from nothing. The answer may be {@link statisticsAgeMs} old.
   */
  isRecovered: async (jobId: string): Promise<boolean> => {
    const { restored } = await readLatest(client, jobId);
    if (restored === undefined || restored === null) return false;
    // Only a checkpoint of the job itself can be without a path, and the directory of one with a path has the ID of the job.
    return !isPath(restored.external_path) || restored.external_path?.includes(`/${jobId}/`) === true;
  },

  /** Whether Flink keeps the last checkpoint of a job that is canceled. A program can set this itself. */
  retainsCheckpoints: async (jobId: string): Promise<boolean> => {
    const config = await ignoreNotFound(client.get(urlPath`/v1/jobs/${jobId}/checkpoints/config`, Config));
    return config?.externalization?.enabled === true && !config.externalization.delete_on_cancellation;
  },
});

const readLatest = async ({ send }: RestClient, jobId: string) => {
  const path = urlPath`/v1/jobs/${jobId}/checkpoints`;
  const response = await send({ method: 'GET', path });
  // Flink also answers with 404 for a job without checkpoints.
  return response.status === 404 ? {} : (parseResponse(response, Statistics, `GET ${path}`).latest ?? {});
};
