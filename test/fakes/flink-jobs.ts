import type { JobState } from '#events/records/job.ts';
import type { RunOptions } from '#shared/flink/rest/jars.ts';

import type { FakeScaling } from './flink-scaling.ts';

/** A rescale of a job from 1 to 2. */
export interface FakeRescale {
  readonly id: string;
  /** Left out: it is in progress. */
  readonly state?: 'COMPLETED' | 'FAILED' | 'IGNORED';
  /** The stack trace of a failure. */
  readonly failure?: string;
}

export interface FakeJob {
  readonly name: string;
  readonly options: Partial<RunOptions>;
  state: JobState;
  /** Left out: {@link startTime}. */
  startTime?: number;
  endTime: number;
  /** The stack trace of its failure. */
  failure: string | undefined;
  /** Left out: one task, which runs while the job runs. */
  tasks?: Readonly<Record<string, number>> | undefined;
  isBatch?: boolean;
  /** The rescales of a job with the adaptive scheduler, the oldest first. */
  rescales?: FakeRescale[];
  /** Of a job of the adaptive scheduler. */
  scaling?: FakeScaling | undefined;
}

export const terminalStates: ReadonlySet<JobState> = new Set(['FAILED', 'CANCELED', 'FINISHED']);

export const startTime = Date.parse('2026-11-23T12:00:00Z');

export const countTasks = ({ state, tasks }: FakeJob): Readonly<Record<string, number>> =>
  tasks ?? { total: 1, running: state === 'RUNNING' ? 1 : 0 };

export const toOverview = ([jid, job]: readonly [string, FakeJob]) => ({
  jid,
  name: job.name,
  state: job.state,
  'start-time': job.startTime ?? startTime,
  'end-time': job.endTime,
  tasks: countTasks(job),
  schedulerType: job.rescales === undefined ? 'Default' : 'Adaptive',
});

/** The answer to `/v1/overview`. */
export const toClusterOverview = (jobs: ReadonlyMap<string, FakeJob>, version: string) => {
  const count = (state: JobState) => [...jobs.values()].filter((job) => job.state === state).length;
  return {
    taskmanagers: 0,
    'slots-total': 0,
    'slots-available': 0,
    'jobs-running': count('RUNNING'),
    'jobs-finished': count('FINISHED'),
    'jobs-cancelled': count('CANCELED'),
    'jobs-failed': count('FAILED'),
    'flink-version': version,
  };
};
