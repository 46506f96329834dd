import * as z from 'zod';

import type { RestClient } from './client.ts';
import { getTriggerStatus, trigger, type Unfinished } from './triggers.ts';
import { urlPath } from './url-path.ts';

const Checkpoint = z.object({ checkpointId: z.int() });

export type CheckpointStatus = Unfinished | { readonly status: 'completed'; readonly checkpointId: number };

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

  /**
   * The status of a checkpoint.
   *
   * @throws Fault `not-found` when Flink does not have it.
   */
  getCheckpoint: async (jobId: string, triggerId: string): Promise<CheckpointStatus> => {
    const status = await getTriggerStatus(client, urlPath`/v1/jobs/${jobId}/checkpoints/${triggerId}`, Checkpoint);
    return status.status === 'completed' ? { status: 'completed', checkpointId: status.value.checkpointId } : status;
  },
});
