import type { Config } from '#shared/flink/config.ts';
import { getJobDataName } from '#shared/flink/names.ts';
import type { FakeFlink } from '#test/fakes/flink.ts';
import { terminalStates } from '#test/fakes/flink-jobs.ts';
import type { Simulation } from '#test/faults/simulation.ts';

import type { ModelObjects } from './objects.ts';

interface JobData {
  /** The ID of its cluster. */
  readonly name: string;
  readonly jobId: string;
  readonly config: Config;
}

/** A job, and the JobManager that runs it. */
interface RunningJob extends JobData {
  readonly flink: FakeFlink;
  /** Whether the JobManager still has the job. */
  readonly isAlive: () => boolean;
}

const directoryOption = 'execution.checkpointing.dir';

/**
 * The files of savepoints and checkpoints. Flink keeps the last checkpoint of a job. It deletes that of a job that has ended, or
 * whose JobManager ends without high availability, unless it retains checkpoints.
 *
 * @see Flink 2.2 `DefaultCompletedCheckpointStore`, `StandaloneCompletedCheckpointStore`, `CheckpointProperties`
 */
export class ModelCheckpoints {
  /** The numbers of the snapshots that exist, by path. */
  readonly files = new Map<string, number>();
  /** The last state of each job: its last checkpoint, or the snapshot that it started from. */
  readonly last = new Map<string, string>();
  /** The last state of each job that was canceled or has failed. The program of an application may start it again. */
  readonly lastOfEnded = new Map<string, string>();
  /** Jobs that were started from a snapshot that does not exist. */
  readonly missing: string[] = [];
  private readonly simulation: Simulation;
  private readonly random: () => number;
  private readonly objects: ModelObjects;

  constructor(simulation: Simulation, random: () => number, objects: ModelObjects) {
    this.simulation = simulation;
    this.random = random;
    this.objects = objects;
  }

  /** A savepoint is complete. It has the next number of the job. */
  addSavepoint(jobId: string, path: string): void {
    this.files.set(path, this.numberOf(jobId) + 1);
  }

  /** Flink starts a job from a snapshot, or recovers it. */
  start(job: RunningJob, restoredFrom: string | undefined): void {
    const { jobId, name, flink, config } = job;
    const from = this.findRecovered(job) ?? restoredFrom;
    flink.lastCheckpoints.isRetained = isRetained(config);
    if (from !== undefined && !this.files.has(from)) this.missing.push(`${jobId} of ${name} from ${from}`);
    if (from === undefined) this.last.delete(jobId);
    else {
      this.last.set(jobId, from);
      flink.lastCheckpoints.set(jobId, { restored: { id: this.numberOf(jobId), path: from } });
    }
    if (isHighlyAvailable(config)) this.store(job);
    if (config[directoryOption] !== undefined) this.completeLater(job);
  }

  /** Whether there is what Flink would recover a job from, or start it from. */
  canStart(job: JobData, restoredFrom: unknown): boolean {
    const from = this.findRecovered(job) ?? restoredFrom;
    return typeof from !== 'string' || this.files.has(from);
  }

  /** The last state of a job with high availability. A job that has ended has no data left. */
  private findRecovered({ jobId, name, config }: JobData): string | undefined {
    const isRecovered = isHighlyAvailable(config) && this.objects.current.has(toMapKey(name, jobId));
    return isRecovered ? this.last.get(jobId) : undefined;
  }

  /** A job has ended, or its JobManager has. */
  end({ jobId, name, flink, config }: Omit<RunningJob, 'isAlive'>): void {
    const { state } = flink.jobs.get(jobId) ?? { state: 'FAILED' };
    const isTerminal = terminalStates.has(state);
    const last = this.last.get(jobId);
    if (last !== undefined && (state === 'CANCELED' || state === 'FAILED')) this.lastOfEnded.set(jobId, last);
    if (isTerminal) this.objects.current.delete(toMapKey(name, jobId));
    if (isRetained(config) || (isHighlyAvailable(config) && !isTerminal)) return;
    const path = this.last.get(jobId);
    if (path?.includes(`/${jobId}/`) === true) this.files.delete(path);
  }

  private completeLater(job: RunningJob): void {
    const { jobId, flink } = job;
    this.simulation.after(1 + this.random() * 10, () => {
      if (!job.isAlive() || terminalStates.has(flink.jobs.get(jobId)?.state ?? 'FAILED')) return;
      if (flink.jobs.get(jobId)?.state === 'RUNNING') this.complete(job);
      this.completeLater(job);
    });
  }

  private complete(job: RunningJob): void {
    const { jobId, flink, config } = job;
    const id = this.numberOf(jobId) + 1;
    const path = `${String(config[directoryOption])}/${jobId}/chk-${id}`;
    const subsumed = this.last.get(jobId);
    if (subsumed?.includes(`/${jobId}/`) === true) this.files.delete(subsumed);
    this.files.set(path, id);
    this.last.set(jobId, path);
    flink.lastCheckpoints.set(jobId, { ...flink.lastCheckpoints.get(jobId), completed: { id, path } });
    if (isHighlyAvailable(config)) this.store(job);
  }

  /** The ConfigMap of the job, with its last checkpoint. */
  private store({ name, jobId }: RunningJob): void {
    const mapName = getJobDataName(name, jobId);
    const labels = { app: name, type: 'flink-native-kubernetes' };
    const metadata =
      this.objects.current.get(toMapKey(name, jobId))?.metadata ?? this.objects.newMetadata({ name: mapName, labels });
    const key = `checkpointID-${String(this.numberOf(jobId)).padStart(19, '0')}`;
    this.objects.put({ kind: 'ConfigMap', metadata, data: this.last.has(jobId) ? { [key]: 'a state handle' } : {} });
  }

  private numberOf(jobId: string): number {
    return this.files.get(this.last.get(jobId) ?? '') ?? 0;
  }
}

const toMapKey = (name: string, jobId: string): string => `ConfigMap/${getJobDataName(name, jobId)}`;

const isRetained = (config: Config): boolean =>
  config['execution.checkpointing.externalized-checkpoint-retention'] === 'RETAIN_ON_CANCELLATION';

const isHighlyAvailable = (config: Config): boolean => config['high-availability.type'] === 'kubernetes';
