import { isTerminalJob } from '#events/records/job.ts';
import { newScaling } from '#test/fakes/flink-scaling.ts';
import type { FakeFlink } from '#test/fakes/flink.ts';
import type { Simulation } from '#test/faults/simulation.ts';

interface JobRun {
  readonly jobId: string;
  readonly flink: FakeFlink;
  readonly parallelism: number;
  /** How many slots the cluster can have. */
  readonly slots: number;
  /** Whether the JobManager has not ended since. */
  readonly isAlive: () => boolean;
}

/** Starts the tasks of a job, and ends most jobs. Some wait for their slots longer than a stop waits for them. */
export const runTasks = (
  { jobId, flink, parallelism, slots, isAlive }: JobRun,
  simulation: Simulation,
  random: () => number,
): void => {
  const roll = random();
  const maxStartSeconds = roll < 0.05 ? 600 : 30;
  simulation.after(random() * maxStartSeconds, () => {
    if (!flink.jobs.has(jobId) || !isAlive()) return;
    flink.setTasks(jobId, { total: 2, running: 2 });
    if (flink.jobs.get(jobId)?.scaling === undefined) flink.setScaling(jobId, newScaling(parallelism, { slots }));
  });
  if (roll < 0.4) return; // It has no end.
  simulation.after(5 + random() * 300, () => {
    if (isAlive() && flink.jobs.get(jobId)?.state === 'RUNNING')
      flink.setState(jobId, roll < 0.8 ? 'FINISHED' : 'FAILED', 'x: y');
  });
};

export const listLiveJobs = ({ jobs }: FakeFlink): readonly string[] =>
  [...jobs].flatMap(([jobId, job]) => (isTerminalJob(job) ? [] : [jobId]));
