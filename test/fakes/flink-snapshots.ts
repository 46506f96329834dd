import type { RestResponse } from '#shared/flink/rest/transport/transport.ts';

import { startTime } from './flink-jobs.ts';
import { respondErrors, respondJson } from './flink-responses.ts';

/** The state of a savepoint. */
export type Savepoint = { readonly location: string } | { readonly failure: string } | 'in-progress';

/** What each snapshot takes: bytes and milliseconds. */
export const amounts = { state_size: 4_096, end_to_end_duration: 120 };

/** A checkpoint of a job, or the snapshot that it was restored from. Without a path, only the JobManager has it. */
interface FakeCheckpoint {
  readonly id: number;
  readonly path?: string | undefined;
}

/** What Flink tells about the checkpoints of a job. */
export interface FakeCheckpoints {
  readonly completed?: FakeCheckpoint | undefined;
  readonly restored?: FakeCheckpoint | undefined;
}

/** The last checkpoint of each job, by job ID. */
export class FakeLastCheckpoints extends Map<string, FakeCheckpoints> {
  /** Whether Flink keeps the last checkpoint of a job that is canceled. */
  isRetained = false;

  /** The configuration of the checkpoints. */
  toConfig(intervalMs: number | undefined) {
    const externalization = { enabled: this.isRetained, delete_on_cancellation: !this.isRetained };
    return { interval: intervalMs ?? 2 ** 63, externalization };
  }

  /** The statistics of a job, without its savepoints. */
  toStatistics(jobId: string) {
    const { completed, restored } = this.get(jobId) ?? {};
    const toCheckpoint = ({ id, path = '<checkpoint-not-externally-addressable>' }: FakeCheckpoint) => ({
      ...amounts,
      id,
      external_path: path,
      trigger_timestamp: startTime,
    });
    return { completed: completed && toCheckpoint(completed), restored: restored && toCheckpoint(restored) };
  }
}

/** What a request for a savepoint has. */
export interface SavepointBody {
  readonly targetDirectory?: string;
  readonly 'target-directory'?: string;
  readonly 'cancel-job'?: boolean;
  readonly triggerId: string;
}

/** A request for a savepoint that Flink accepts. */
export interface SavepointRequest {
  readonly triggerId: string;
  /** Whether the job ends with the savepoint. */
  readonly stops: boolean;
}

/** The status of a checkpoint that was requested with a trigger ID. */
export const respondCheckpoint = (checkpointId: number | undefined, triggerId: string): RestResponse =>
  checkpointId === undefined
    ? respondErrors(404, `There is no checkpoint operation with triggerId=${triggerId}.`)
    : respondJson({ status: { id: 'COMPLETED' }, operation: { checkpointId } });

/** The status of a savepoint that was requested with a trigger ID. */
export const respondSavepoint = (
  savepoint: Savepoint | undefined,
  { jobId, triggerId = '' }: { readonly jobId: string; readonly triggerId: string | undefined },
): RestResponse => {
  if (savepoint === undefined)
    return respondErrors(404, `There is no savepoint operation with triggerId=${triggerId} for job ${jobId}.`);
  if (savepoint === 'in-progress') return respondJson({ status: { id: 'IN_PROGRESS' }, operation: null });
  const failureOf = (failure: string) => ({
    'failure-cause': { class: 'java.lang.Exception', 'stack-trace': failure },
  });
  return respondJson({
    status: { id: 'COMPLETED' },
    operation: 'location' in savepoint ? savepoint : failureOf(savepoint.failure),
  });
};
