import { isTerminalJob } from '#events/records/job.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { ignoreNotFound } from '#shared/flink/rest/transport/faults.ts';
import type { FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';

import { describeLostState } from './lost-state.ts';
import {
  findDisposedPath,
  getSnapshotRequest,
  type SnapshotState,
  toDone,
  toFailed,
  toWaiting,
} from './snapshot-state.ts';

/** The status of a request, as any of Flink's four endpoints reports it. */
type Status =
  | { readonly status: 'in-progress' }
  | { readonly status: 'failed'; readonly cause: string }
  | { readonly status: 'completed'; readonly location?: string; readonly checkpointId?: number };

interface SnapshotSource {
  readonly rest: FlinkRest;
  /** Whether Flink was asked to end a job with a savepoint, and has started it without its state since. */
  readonly hasLostState: (job: JobOverview) => Promise<boolean>;
}

/**
 * Requests from Flink what the operation asks for, and reads the status of the request. The id of the operation names
 * the request, so a repetition starts no second snapshot.
 */
export const requestSnapshot = async (
  state: SnapshotState,
  operation: StoredOperation,
  { rest, hasLostState }: SnapshotSource,
): Promise<SnapshotState> => {
  const disposedPath = findDisposedPath(operation);
  if (disposedPath !== undefined) {
    if (state.triggerId !== undefined) return toState(await rest.getDisposal(state.triggerId), state);
    return toWaiting({ ...state, triggerId: await rest.disposeSavepoint(disposedPath) });
  }
  const request = getSnapshotRequest(operation);
  const { operationId: triggerId, jobId = '' } = operation;
  const readStatus = (): Promise<Status> =>
    request.kind === 'checkpoint' ? rest.getCheckpoint(jobId, triggerId) : rest.getSavepoint(jobId, triggerId);
  const known = await ignoreNotFound(readStatus());
  if (known !== undefined) return toState(known, state);
  // A request that Flink refuses is lost, because Flink takes no second one under the same trigger id.
  const job = (await rest.listJobs()).find(({ jid }) => jid === jobId);
  if (job !== undefined && isTerminalJob(job))
    return toFailed(state, {
      reason: 'wrong-state',
      message: `Job ${jobId} on ${operation.clusterId} is already ${job.state}.`,
    });
  if (job !== undefined && (await rest.isWaitingForTasks(job))) return { ...toWaiting(state), waitsFor: 'tasks' };
  if (job !== undefined && (await hasLostState(job)))
    return toFailed(state, {
      reason: 'savepoint-failed',
      message: describeLostState({ jobId }, findDirectory(request)),
    });
  if (request.kind === 'checkpoint') await rest.takeCheckpoint(jobId, { ...request.data, triggerId });
  else if (request.kind === 'stop-job') await rest.stopWithSavepoint(jobId, { ...request.data, triggerId });
  else await rest.takeSavepoint(jobId, { ...request.data, triggerId });
  return toState(await readStatus(), state);
};

const findDirectory = (request: ReturnType<typeof getSnapshotRequest>): string | undefined =>
  request.kind === 'checkpoint' ? undefined : request.data.directory;

const toState = (result: Status, state: SnapshotState): SnapshotState => {
  if (result.status === 'in-progress') return toWaiting(state);
  if (result.status === 'failed') return toFailed(state, { reason: 'savepoint-failed', message: result.cause });
  return toDone(state, { savepoint: result.location, checkpoint: result.checkpointId });
};
