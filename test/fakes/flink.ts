import type { JobState } from '#events/job.ts';
import type { RunOptions } from '#shared/flink/rest/jars.ts';
import type { RestRequest, RestResponse } from '#shared/flink/rest/transport.ts';

interface FakeJob {
  readonly name: string;
  readonly options: Partial<RunOptions>;
  state: JobState;
  endTime: number;
  /** The stack trace of why it failed. */
  failure: string | undefined;
  /** Left out: one, that runs when the job does. */
  tasks?: Readonly<Record<string, number>> | undefined;
  isBatch?: boolean;
}

type Savepoint = { readonly location: string } | { readonly failure: string } | 'in-progress';

/** What becomes of a program that is run: its job's state, or the stack trace of what its main() threw. */
export type Program = (
  options: Partial<RunOptions>,
) => { readonly state: JobState; readonly tasks?: FakeJob['tasks'] } | { readonly thrown: string };

const ended: ReadonlySet<JobState> = new Set(['FAILED', 'CANCELED', 'FINISHED']);
const startTime = Date.parse('2026-11-23T12:00:00Z');

/** The REST API of one session: the part that Drey uses, with the statuses and texts of Flink 2.2. */
export class FakeFlink {
  readonly jobs = new Map<string, FakeJob>();
  /** Uploaded jars: the sent form's bytes by id. */
  readonly jars = new Map<string, number>();
  readonly requests: RestRequest[] = [];
  readonly savepoints = new Map<string, Savepoint>();
  readonly checkpoints = new Map<string, number>();
  private readonly latest = new Map<string, { readonly location: string; readonly type: string }>();
  /** Paths of savepoints whose files were removed. */
  readonly disposed: string[] = [];
  program: Program = () => ({ state: 'RUNNING' });
  /** What becomes of a stop with savepoint: by default it is completed at once. */
  savepoint: (jobId: string, directory: string) => Savepoint = (jobId, directory) => ({
    location: `${directory}/savepoint-${jobId.slice(0, 6)}`,
  });
  /** Told of a savepoint that came while not all tasks of the job ran. */
  tooEarly: (jobId: string) => void = () => {};
  /** A canceled job stays CANCELLING. */
  cancelsSlowly = false;
  /** While no JobManager leads, everything is answered with 503. */
  leaderless = false;

  /** A job that is there already. */
  addJob(
    jobId: string,
    {
      state = 'RUNNING',
      name = 'a job',
      failure,
      tasks,
    }: Partial<Pick<FakeJob, 'state' | 'name' | 'failure' | 'tasks'>> = {},
  ): void {
    const endTime = ended.has(state) ? startTime + 1_000 : -1;
    this.jobs.set(jobId, { name, options: {}, state, endTime, failure, tasks });
  }

  setState(jobId: string, state: JobState, failure?: string): void {
    const job = this.jobs.get(jobId);
    if (job === undefined) throw new Error(`the fake has no job ${jobId}`);
    Object.assign(job, { state, failure: failure ?? job.failure, endTime: ended.has(state) ? startTime + 1_000 : -1 });
  }

  /** Some of its tasks do not run, whatever its state is. */
  setTasks(jobId: string, tasks: Readonly<Record<string, number>>, { isBatch = false } = {}): void {
    const job = this.jobs.get(jobId);
    if (job === undefined) throw new Error(`the fake has no job ${jobId}`);
    Object.assign(job, { tasks, isBatch });
  }

  /** A stop with savepoint is complete, whoever asked for it. */
  complete(jobId: string, triggerId: string, location: string): void {
    this.savepoints.set(triggerId, { location });
    this.latest.set(jobId, { location, type: 'SYNC_SAVEPOINT' });
    this.setState(jobId, 'FINISHED');
  }

  /** The JobManager starts anew without high availability. */
  forgetAll(): void {
    this.jobs.clear();
    this.jars.clear();
  }

  async answer(request: RestRequest): Promise<RestResponse> {
    this.requests.push(request);
    if (this.leaderless)
      return errors(503, 'Service temporarily unavailable due to an ongoing leader election. Please refresh.');
    const [path = ''] = request.path.split('?');
    const [, version, what = '', id, action, last] = path.split('/').map(decodeURIComponent);
    if (version !== 'v1') return errors(404, `Not found: ${path}`);
    switch (`${request.method} ${what}`) {
      case 'GET overview':
        return json(this.overview());
      case 'GET jars':
        return json({ address: '', files: [...this.jars.keys()].map((jar) => ({ id: jar, name: jar })) });
      case 'POST jars':
        if (id === 'upload') return this.upload(request);
        return action === 'plan' ? this.plan(id ?? '', request) : this.run(id ?? '', request);
      case 'DELETE jars':
        return this.jars.delete(id ?? '') ? json({}) : errors(400, `File ${id ?? ''} does not exist.`);
      case 'GET jobs':
        return id === 'overview' ? json({ jobs: [...this.jobs].map(jobOverview) }) : this.job(id ?? '', action, last);
      case 'DELETE cluster':
        return json({});
      case 'PATCH jobs':
        return this.cancel(id ?? '');
      case 'POST jobs':
        return action === 'checkpoints'
          ? this.checkpoint(request)
          : this.takeSavepoint(id ?? '', action ?? '', request);
      case 'POST savepoint-disposal':
        return this.dispose(request);
      case 'GET savepoint-disposal':
        return json({ status: { id: 'COMPLETED' }, operation: {} });
      default:
        return errors(404, `Not found: ${path}`);
    }
  }

  private overview() {
    const count = (state: JobState) => [...this.jobs.values()].filter((job) => job.state === state).length;
    return {
      taskmanagers: 0,
      'slots-total': 0,
      'slots-available': 0,
      'jobs-running': count('RUNNING'),
      'jobs-finished': count('FINISHED'),
      'jobs-cancelled': count('CANCELED'),
      'jobs-failed': count('FAILED'),
      'flink-version': '2.2.1',
    };
  }

  private async upload({ stream }: RestRequest): Promise<RestResponse> {
    let bytes = 0;
    for await (const chunk of stream?.body ?? []) bytes += chunk.byteLength;
    if (bytes !== stream?.bytes) return errors(400, 'The request is not as long as it said.');
    const id = `upload-${this.jars.size + 1}.jar`;
    this.jars.set(id, bytes);
    return json({ filename: `/tmp/flink-web/flink-web-upload/${id}`, status: 'success' });
  }

  private run(jar: string, { json: body }: RestRequest): RestResponse {
    if (!this.jars.has(jar))
      return errors(
        400,
        `org.apache.flink.runtime.rest.handler.RestHandlerException: Jar file /tmp/${jar} does not exist`,
      );
    const options = body as RunOptions; // What flinkRest sends.
    if (this.jobs.has(options.jobId)) return errors(400, duplicate);
    const outcome = this.program(options);
    if ('thrown' in outcome) return errors(400, outcome.thrown);
    this.jobs.set(options.jobId, {
      name: options.entryClass ?? 'the main class',
      options,
      state: outcome.state,
      tasks: outcome.tasks,
      endTime: ended.has(outcome.state) ? startTime + 1_000 : -1,
      failure: undefined,
    });
    return json({ jobid: options.jobId });
  }

  private job(jobId: string, what: string | undefined, triggerId: string | undefined): RestResponse {
    const job = this.jobs.get(jobId);
    const savepoint = this.savepoints.get(triggerId ?? '');
    switch (what) {
      case undefined:
        if (job === undefined) return errors(404, unknown(jobId));
        return json({ jid: jobId, state: job.state, 'job-type': job.isBatch === true ? 'BATCH' : 'STREAMING' });
      case 'status':
        return job === undefined ? errors(500, unknown(jobId)) : json({ status: job.state });
      case 'exceptions':
        if (job === undefined) return errors(404, unknown(jobId));
        return json({
          exceptionHistory: {
            entries:
              job.failure === undefined ? [] : [{ exceptionName: 'java.lang.Exception', stacktrace: job.failure }],
          },
        });
      case 'checkpoints':
        return triggerId === undefined ? this.statistics(jobId) : this.checkpointOf(triggerId);
      case 'savepoints':
        if (savepoint === undefined)
          return errors(404, `There is no savepoint operation with triggerId=${triggerId ?? ''} for job ${jobId}.`);
        if (savepoint === 'in-progress') return json({ status: { id: 'IN_PROGRESS' }, operation: null });
        return json({
          status: { id: 'COMPLETED' },
          operation:
            'location' in savepoint
              ? savepoint
              : { 'failure-cause': { class: 'java.lang.Exception', 'stack-trace': savepoint.failure } },
        });
      default:
        return errors(404, 'Not found');
    }
  }

  private cancel(jobId: string): RestResponse {
    const job = this.jobs.get(jobId);
    if (job === undefined) return errors(404, 'Job could not be found.');
    if (job.state === 'FINISHED' || job.state === 'FAILED') {
      return errors(
        409,
        `Job cancellation failed because the job has already reached another terminal state (${job.state}).`,
      );
    }
    this.setState(jobId, this.cancelsSlowly ? 'CANCELLING' : 'CANCELED');
    return json({}, 202);
  }

  private takeSavepoint(jobId: string, action: string, { json: body }: RestRequest): RestResponse {
    const asked = body as SavepointBody; // What flinkRest sends.
    const directory = action === 'stop' ? asked.targetDirectory : asked['target-directory'];
    if (directory === undefined) {
      return errors(
        400,
        'Config key [execution.checkpointing.savepoint-dir] is not set. Property [targetDirectory] must be provided.',
      );
    }
    if (!this.savepoints.has(asked.triggerId)) {
      const outcome = this.outcomeOf(jobId, directory);
      this.savepoints.set(asked.triggerId, outcome);
      const isTaken = outcome !== 'in-progress' && 'location' in outcome;
      const type = action === 'stop' ? 'SYNC_SAVEPOINT' : 'SAVEPOINT';
      if (isTaken) this.latest.set(jobId, { location: outcome.location, type });
      if (isTaken && action === 'stop') this.setState(jobId, 'FINISHED');
      if (isTaken && asked['cancel-job'] === true) this.setState(jobId, 'CANCELED');
    }
    return json({ 'request-id': asked.triggerId }, 202);
  }

  /** Whoever asks while not all tasks run gets a savepoint that has failed, for good. */
  private outcomeOf(jobId: string, directory: string): Savepoint {
    const job = this.jobs.get(jobId);
    if (job === undefined || ended.has(job.state)) return { failure: unknown(jobId) };
    const { total = 0, running = 0, finished = 0 } = tasksOf(job);
    if (job.state === 'RUNNING' && total > 0 && running + finished === total) return this.savepoint(jobId, directory);
    this.tooEarly(jobId);
    return { failure: notAllRunning };
  }

  private checkpoint({ json: body }: RestRequest): RestResponse {
    const { triggerId } = body as { readonly triggerId: string }; // What flinkRest sends.
    if (!this.checkpoints.has(triggerId)) this.checkpoints.set(triggerId, this.checkpoints.size + 1);
    return json({ 'request-id': triggerId }, 202);
  }

  private checkpointOf(triggerId: string): RestResponse {
    const checkpointId = this.checkpoints.get(triggerId);
    return checkpointId === undefined
      ? errors(404, `There is no checkpoint operation with triggerId=${triggerId}.`)
      : json({ status: { id: 'COMPLETED' }, operation: { checkpointId } });
  }

  private statistics(jobId: string): RestResponse {
    const found = this.latest.get(jobId);
    const savepoint = found === undefined ? null : { external_path: found.location, checkpoint_type: found.type };
    return json({ latest: { savepoint } });
  }

  private dispose({ json: body }: RestRequest): RestResponse {
    const { 'savepoint-path': path } = body as { readonly 'savepoint-path': string }; // What flinkRest sends.
    this.disposed.push(path);
    return json({ 'request-id': 'd'.repeat(32) });
  }

  private plan(jar: string, { json: body }: RestRequest): RestResponse {
    if (!this.jars.has(jar)) return errors(400, `Jar file /tmp/${jar} does not exist`);
    const outcome = this.program(body as Partial<RunOptions>); // What flinkRest sends.
    return 'thrown' in outcome ? errors(400, outcome.thrown) : json({ plan: { name: 'a job', nodes: [] } });
  }
}

interface SavepointBody {
  readonly targetDirectory?: string;
  readonly 'target-directory'?: string;
  readonly 'cancel-job'?: boolean;
  readonly triggerId: string;
}

const duplicate = [
  'org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.',
  'Caused by: org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job has already been submitted.',
].join('\n\tat a.b.C(C.java:1)\n');

const unknown = (jobId: string) =>
  `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${jobId})`;

const notAllRunning = [
  'java.util.concurrent.CompletionException: a checkpoint',
  'Caused by: org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint triggering task Source (1/1) of job a is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running.',
].join('\n\tat a.b.C(C.java:1)\n');

const tasksOf = ({ state, tasks }: FakeJob): Readonly<Record<string, number>> =>
  tasks ?? { total: 1, running: state === 'RUNNING' ? 1 : 0 };

const jobOverview = ([jid, job]: readonly [string, FakeJob]) => ({
  jid,
  name: job.name,
  state: job.state,
  'start-time': startTime,
  'end-time': job.endTime,
  tasks: tasksOf(job),
});

const json = (body: unknown, status = 200): RestResponse => ({ status, body });
const errors = (status: number, ...lines: readonly string[]): RestResponse => ({ status, body: { errors: lines } });
