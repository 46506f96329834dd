import type { Config } from '#shared/flink/config.ts';
import type { FakeFlink } from '#test/fakes/flink.ts';
import type { Savepoint, SavepointRequest } from '#test/fakes/flink-snapshots.ts';
import type { Simulation } from '#test/faults/simulation.ts';

import type { ModelCheckpoints } from './checkpoints.ts';

/** What a JobManager runs. */
export interface Program {
  /** The ID of its cluster. */
  readonly name: string;
  /** Of its pod. */
  readonly uid: string;
  readonly flink: FakeFlink;
  readonly config: Config;
}

export const isApplication = (config: Config): boolean => config['execution.target'] === 'kubernetes-application';

interface JobSavepointRequest extends SavepointRequest {
  readonly jobId: string;
  readonly directory: string;
}

/** The JobManager that takes a savepoint. */
interface JobManager {
  /** Whether it has not ended since. */
  readonly isAlive: () => boolean;
  /** Ends it. Another one takes its place. */
  readonly restart: () => void;
}

/** The savepoints of all jobs. Some take their time, and some JobManagers die just after one that ends the job. */
export class ModelSavepoints {
  /** The savepoints that jobs have ended with, by the ID of the request. */
  readonly final = new Map<string, readonly string[]>();
  private count = 0;
  private readonly simulation: Simulation;
  private readonly random: () => number;
  private readonly checkpoints: ModelCheckpoints;

  constructor(simulation: Simulation, random: () => number, checkpoints: ModelCheckpoints) {
    this.simulation = simulation;
    this.random = random;
    this.checkpoints = checkpoints;
  }

  /** The state of a savepoint when Flink has accepted the request. */
  take({ flink, config }: Program, request: JobSavepointRequest, { isAlive, restart }: JobManager): Savepoint {
    const { jobId, triggerId, stops } = request;
    if (!stops || !isApplication(config)) return { location: this.complete(request) };
    if (this.random() < 0.2) this.simulation.after(this.random() * 8, restart);
    if (this.random() < 0.6) return { location: this.complete(request) };
    this.simulation.after(this.random() * 10, () => {
      if (!isAlive()) return;
      if (flink.jobs.get(jobId)?.state === 'RUNNING') flink.complete(jobId, triggerId, this.complete(request));
      else flink.savepoints.set(triggerId, { failure: 'org.apache.flink.util.FlinkException: the job failed' });
    });
    return 'in-progress';
  }

  /** Each savepoint has a path of its own. */
  private complete({ jobId, directory, triggerId, stops }: JobSavepointRequest): string {
    const location = `${directory}/savepoint-${jobId}-${(this.count += 1)}`;
    this.checkpoints.addSavepoint(jobId, location);
    if (stops) this.final.set(triggerId, [...(this.final.get(triggerId) ?? []), location]);
    return location;
  }
}
