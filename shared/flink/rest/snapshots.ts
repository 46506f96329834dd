import * as z from 'zod';

import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import { ignoreNotFound, parseResponse } from '#shared/flink/rest/transport/faults.ts';
import { getTriggerStatus, trigger, type Unfinished } from './triggers.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import { Identifier } from '#shared/flink/rest/transport/values.ts';

const Location = z.object({ location: Identifier });
const Checkpoint = z.object({ checkpointId: z.int() });
/** Only for information, so that an unexpected value counts as none. */
const Amount = z.int().min(0).optional().catch(undefined);
const SnapshotStatistics = z.object({
  external_path: Identifier.optional(),
  state_size: Amount,
  end_to_end_duration: Amount,
});
const CheckpointStatistics = z.object({
  latest: z
    .object({
      savepoint: SnapshotStatistics.extend({
        id: Amount,
        external_path: Identifier,
        checkpoint_type: Identifier.nullish(),
      }).nullish(),
    })
    .nullish(),
});
/** Flink writes the largest number of Java for a job without periodic checkpoints. */
const maxIntervalMs = Number.MAX_SAFE_INTEGER;
const CheckpointConfig = z.object({ interval: z.number() });
const CheckpointCounts = z.object({ counts: z.object({ completed: z.int() }).nullish() });
const Triggered = z.object({ 'request-id': Identifier });

interface SavepointRequest {
  /** The cluster's default applies when it is undefined. */
  readonly directory?: string | undefined;
  readonly format?: 'CANONICAL' | 'NATIVE';
  /** 32 hex digits. */
  readonly triggerId: string;
}

/** What Flink knows about a complete snapshot. */
export interface SnapshotDetails {
  readonly sizeBytes?: number | undefined;
  /** From the trigger to the last acknowledgement. */
  readonly durationMs?: number | undefined;
}

export interface LatestSavepoint extends SnapshotDetails {
  readonly location: string;
  readonly isFromStop: boolean;
  /** Number of the savepoint in its job. */
  readonly checkpoint?: number | undefined;
}

export type SavepointStatus = Unfinished | { readonly status: 'completed'; readonly location: string };
type CheckpointStatus = Unfinished | { readonly status: 'completed'; readonly checkpointId: number };
type DisposalStatus = Unfinished | { readonly status: 'completed' };

/** The part of Flink's REST API that takes, reads and deletes savepoints. */
export const createSavepointMethods = (client: RestClient) => ({
  /**
   * Requests a savepoint. A repetition with the same trigger ID starts no second one. When Flink does not have the job,
   * this may show only in the status of the savepoint.
   *
   * @throws Fault `savepoint-failed` when Flink refuses the request, for example because no directory is set.
   */
  takeSavepoint: (
    jobId: string,
    { directory, format = 'CANONICAL', triggerId, cancelJob = false }: SavepointRequest & { cancelJob?: boolean },
  ): Promise<void> => {
    const json = { 'target-directory': directory, 'cancel-job': cancelJob, formatType: format, triggerId };
    return trigger(client, jobId, { noun: 'savepoint', resource: 'savepoints', json });
  },

  /**
   * Requests a savepoint and the end of the job after it. A repetition with the same trigger ID starts no second one.
   *
   * @param drain Whether the job first processes all records that are in flight, as if its sources had ended.
   * @throws Fault `savepoint-failed` when Flink refuses the request, for example because no directory is set.
   */
  stopWithSavepoint: (
    jobId: string,
    { directory, format = 'CANONICAL', triggerId, drain = false }: SavepointRequest & { drain?: boolean },
  ): Promise<void> => {
    const json = { targetDirectory: directory, drain, formatType: format, triggerId };
    return trigger(client, jobId, { noun: 'savepoint', resource: 'stop', json });
  },

  /**
   * The status of a savepoint, also of one that a stop took. Flink forgets it five minutes after its end.
   *
   * @throws Fault `not-found` when Flink does not have it.
   */
  getSavepoint: async (jobId: string, triggerId: string): Promise<SavepointStatus> => {
    const status = await getTriggerStatus(client, urlPath`/v1/jobs/${jobId}/savepoints/${triggerId}`, Location);
    return status.status === 'completed' ? { status: 'completed', location: status.value.location } : status;
  },

  /**
   * The latest savepoint of a job, whichever client requested it. Undefined when the job has none, or when Flink has
   * forgotten the job.
   */
  getLatestSavepoint: (jobId: string) => getLatestSavepoint(client, jobId),
});

/** @see Flink 2.2 `CheckpointStatistics.RestAPICheckpointType` */
const getLatestSavepoint = async ({ send }: RestClient, jobId: string): Promise<LatestSavepoint | undefined> => {
  const path = urlPath`/v1/jobs/${jobId}/checkpoints`;
  const response = await send({ method: 'GET', path });
  // Flink also answers with 404 for a job without checkpoints.
  if (response.status === 404) return undefined;
  const savepoint = parseResponse(response, CheckpointStatistics, `GET ${path}`).latest?.savepoint;
  if (savepoint === undefined || savepoint === null) return undefined;
  return {
    ...toDetails(savepoint),
    location: savepoint.external_path,
    checkpoint: savepoint.id,
    isFromStop: savepoint.checkpoint_type === 'SYNC_SAVEPOINT',
  };
};

const toDetails = ({
  state_size: sizeBytes,
  end_to_end_duration: durationMs,
}: z.output<typeof SnapshotStatistics>): SnapshotDetails => ({ sizeBytes, durationMs });

/** Flink reports such a text instead of a path for a checkpoint without one. */
export const isPath = (text: string | undefined): boolean => text !== undefined && !text.startsWith('<');

/** The part of Flink's REST API that deletes savepoints. */
export const createDisposalMethods = (client: RestClient) => ({
  /** Requests the deletion of a savepoint's files. @returns The trigger ID for `getDisposal`. */
  disposeSavepoint: async (savepoint: string): Promise<string> => {
    const path = '/v1/savepoint-disposal';
    const response = await client.send({ method: 'POST', path, json: { 'savepoint-path': savepoint } });
    return parseResponse(response, Triggered, `POST ${path}`)['request-id'];
  },

  /**
   * The status of the deletion of a savepoint.
   *
   * @throws Fault `not-found` when Flink does not have it.
   */
  getDisposal: async (triggerId: string): Promise<DisposalStatus> => {
    const status = await getTriggerStatus(client, urlPath`/v1/savepoint-disposal/${triggerId}`, z.object({}));
    return status.status === 'completed' ? { status: 'completed' } : status;
  },
});

/** The part of Flink's REST API that takes checkpoints. */
export const createCheckpointMethods = (client: RestClient) => ({
  /**
   * Requests a checkpoint. A repetition with the same trigger ID starts no second one.
   *
   * @throws Fault `savepoint-failed` when Flink refuses the request.
   */
  takeCheckpoint: (
    jobId: string,
    { full, triggerId }: { readonly full: boolean; readonly triggerId: string },
  ): Promise<void> => {
    const json = { checkpointType: full ? 'FULL' : 'CONFIGURED', triggerId };
    return trigger(client, jobId, { noun: 'checkpoint', resource: 'checkpoints', json });
  },

  /** Whether Flink takes checkpoints of a job by itself. False for a job that it does not have. @see Flink 2.3 `CheckpointConfigHandler` */
  hasPeriodicCheckpoints: async (jobId: string): Promise<boolean> => {
    const config = await ignoreNotFound(client.get(urlPath`/v1/jobs/${jobId}/checkpoints/config`, CheckpointConfig));
    return config !== undefined && config.interval > 0 && config.interval < maxIntervalMs;
  },

  /** How many checkpoints and savepoints of a job are complete. */
  countCheckpoints: async (jobId: string): Promise<number> =>
    (await ignoreNotFound(client.get(urlPath`/v1/jobs/${jobId}/checkpoints`, CheckpointCounts)))?.counts?.completed ??
    0,

  /**
   * The status of a checkpoint.
   *
   * @throws Fault `not-found` when Flink does not have it.
   */
  getCheckpoint: async (jobId: string, triggerId: string): Promise<CheckpointStatus> => {
    const status = await getTriggerStatus(client, urlPath`/v1/jobs/${jobId}/checkpoints/${triggerId}`, Checkpoint);
    return status.status === 'completed' ? { status: 'completed', checkpointId: status.value.checkpointId } : status;
  },

  /** A complete checkpoint with its path. Flink forgets all but the last ten (`web.checkpoints.history`). @throws Fault `not-found` */
  getCheckpointDetails: async (
    jobId: string,
    checkpointId: number,
  ): Promise<SnapshotDetails & { readonly path?: string | undefined }> => {
    const path = urlPath`/v1/jobs/${jobId}/checkpoints/details/${String(checkpointId)}`;
    const details = await client.get(path, SnapshotStatistics);
    return { ...toDetails(details), path: isPath(details.external_path) ? details.external_path : undefined };
  },
});
