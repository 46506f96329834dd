import { isRecord } from '#events/is-record.ts';

import type { Job } from '../../api/types.ts';
import { field, listAt, numberAt, textAt, timeAt } from './fields.ts';
import { parseVertices, type Vertex } from './metrics.ts';

export interface Checkpoint {
  readonly id: number;
  readonly kind: 'checkpoint' | 'savepoint';
  readonly status: string;
  readonly triggeredAt?: string | undefined;
  readonly completedAt?: string | undefined;
  /** Of the state, in bytes. */
  readonly sizeBytes?: number | undefined;
  readonly durationMs?: number | undefined;
  /** Absent: not known, or the checkpoint is not stored outside of Flink. */
  readonly path?: string | undefined;
  /** Flink keeps it in the memory of the JobManager. */
  readonly isInternal?: true;
  readonly failure?: string | undefined;
}

interface CheckpointFailure {
  readonly id: number;
  readonly at?: string | undefined;
  readonly reason: string;
}

/** What Flink says about the checkpoints of a job. */
export interface Checkpoints {
  readonly completed: number;
  readonly failed: number;
  readonly inProgress: number;
  /** The last complete one. */
  readonly latest?: Checkpoint | undefined;
  /** The last failure that Flink reports, which the newest ones may not have. */
  readonly lastFailure?: CheckpointFailure | undefined;
  /** The newest ones, newest first. */
  readonly history: readonly Checkpoint[];
}

/** What Flink says about a job beyond its state. */
export interface JobDetails {
  readonly jobId: string;
  readonly name?: string | undefined;
  readonly state?: string | undefined;
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  readonly vertices: readonly Vertex[];
  readonly checkpoints: Checkpoints;
}

/**
 * The details of jobs by their IDs.
 *
 * @param content The file `jobs` of a cluster: `{ID: {details, checkpoints}}` with the answers of Flink.
 */
export const parseJobDetails = (content: unknown): ReadonlyMap<string, JobDetails> =>
  new Map(
    Object.entries(isRecord(content) ? content : {}).map(([jobId, answers]) => [
      jobId,
      {
        jobId,
        name: textAt(answers, 'details', 'name'),
        state: textAt(answers, 'details', 'state'),
        startTime: timeAt(answers, 'details', 'start-time'),
        endTime: timeAt(answers, 'details', 'end-time'),
        vertices: parseVertices(field(answers, 'details')),
        checkpoints: parseCheckpoints(field(answers, 'checkpoints')),
      },
    ]),
  );

const parseCheckpoints = (answer: unknown): Checkpoints => {
  const history = listAt(answer, 'history').flatMap(parseCheckpoint);
  const [latest] = parseCheckpoint(field(answer, 'latest', 'completed'));
  return {
    completed: numberAt(answer, 'counts', 'completed') ?? 0,
    failed: numberAt(answer, 'counts', 'failed') ?? 0,
    inProgress: numberAt(answer, 'counts', 'in_progress') ?? 0,
    latest,
    lastFailure: parseFailure(field(answer, 'latest', 'failed')),
    history: history.toSorted((one, other) => other.id - one.id),
  };
};

const parseFailure = (answer: unknown): CheckpointFailure | undefined => {
  const id = numberAt(answer, 'id');
  return id === undefined
    ? undefined
    : {
        id,
        at: timeAt(answer, 'failure_timestamp') ?? timeAt(answer, 'trigger_timestamp'),
        reason: textAt(answer, 'failure_message') ?? 'Flink has reported no reason.',
      };
};

/** Flink's path of a checkpoint that has none. */
const noPath = '<checkpoint-not-externally-addressable>';

const parseCheckpoint = (answer: unknown): readonly Checkpoint[] => {
  const id = numberAt(answer, 'id');
  if (id === undefined) return [];
  const status = textAt(answer, 'status') ?? '';
  const path = textAt(answer, 'external_path');
  return [
    {
      id,
      kind: field(answer, 'is_savepoint') === true ? 'savepoint' : 'checkpoint',
      status,
      triggeredAt: timeAt(answer, 'trigger_timestamp'),
      completedAt: status === 'COMPLETED' ? timeAt(answer, 'latest_ack_timestamp') : undefined,
      sizeBytes: numberAt(answer, 'state_size'),
      durationMs: numberAt(answer, 'end_to_end_duration'),
      ...(path === noPath ? { isInternal: true } : { path }),
      failure: textAt(answer, 'failure_message'),
    },
  ];
};

/** A job of the table: as Drey knows it, and what Flink says beyond that. */
export interface JobRow {
  readonly jobId: string;
  readonly name: string;
  readonly state: string;
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  readonly message?: string | undefined;
  readonly restoredFrom?: string | undefined;
  readonly savepoint?: string | undefined;
  /** Its submit. Absent: Drey has not submitted the job. */
  readonly operationId?: string | undefined;
  readonly details?: JobDetails | undefined;
}

/**
 * The jobs of an incarnation: those that the API lists, in its order, with their details, and those that only Flink's
 * answers have.
 */
export const toJobRows = (jobs: readonly Job[], details: ReadonlyMap<string, JobDetails>): readonly JobRow[] => {
  const listed = new Set(jobs.map(({ jobId }) => jobId));
  return [
    ...jobs.map(
      ({ jobId, name, state, startTime, endTime, message, restoredFrom, savepoint, finalSavepoint, operationId }) => ({
        jobId,
        name,
        state,
        startTime,
        endTime,
        message,
        restoredFrom,
        savepoint: finalSavepoint ?? savepoint,
        operationId,
        details: details.get(jobId),
      }),
    ),
    ...[...details.values()]
      .filter(({ jobId }) => !listed.has(jobId))
      .map((one) => ({
        jobId: one.jobId,
        name: one.name ?? one.jobId,
        state: one.state ?? 'unknown',
        startTime: one.startTime,
        endTime: one.endTime,
        details: one,
      })),
  ];
};
