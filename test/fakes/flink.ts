import type { JobState } from '#events/records/job.ts';
import type { RunOptions } from '#shared/flink/rest/jars.ts';
import type { RestRequest, RestResponse } from '#shared/flink/rest/transport/transport.ts';

import { answerApplications, type FakeApplication } from './flink-application.ts';
import { countTasks, type FakeJob, startTime, terminalStates, toClusterOverview, toOverview } from './flink-jobs.ts';
import { receiveJar } from './flink-jars.ts';
import { answerRescales } from './flink-rescales.ts';
import { answerRequirements, type FakeScaling, toVertices } from './flink-scaling.ts';
import {
  amounts,
  type FakeCheckpoints,
  FakeLastCheckpoints,
  respondCheckpoint,
  respondSavepoint,
  type Savepoint,
  type SavepointBody,
  type SavepointRequest,
} from './flink-snapshots.ts';
import {
  duplicateJob,
  notAllTasksRun,
  respondErrors,
  respondFailure,
  respondFile,
  respondJson,
  ResponseCache,
  unknownJob,
} from './flink-responses.ts';

/** The result of a program: the state of its job, or the stack trace of an exception of its main(). */
export type Program = (
  options: Partial<RunOptions>,
) => { readonly state: JobState; readonly tasks?: FakeJob['tasks'] } | { readonly thrown: string };

/** The REST API of one cluster: the part that Drey uses, with the statuses and texts of Flink. */
export class FakeFlink {
  readonly jobs = new Map<string, FakeJob>();
  /** Before 2.3, Flink has no paths for applications. */
  version = '2.3.0';
  application: FakeApplication | undefined;
  /** Uploaded jars: the size of the form by the id of the jar. */
  readonly jars = new Map<string, number>();
  readonly requests: RestRequest[] = [];
  readonly savepoints = new Map<string, Savepoint>();
  settings: readonly { readonly key: string; readonly value: string }[] = [];
  readonly checkpoints = new Map<string, number>();
  readonly latest = new Map<string, { readonly location: string; readonly type: string }>();
  /** Paths of savepoints whose files were removed. */
  readonly disposed: string[] = [];
  program: Program = () => ({ state: 'RUNNING' });
  /** The result of a savepoint. By default it is complete at once. */
  savepoint: (jobId: string, directory: string, request: SavepointRequest) => Savepoint = (jobId, directory) => ({
    location: `${directory}/savepoint-${jobId.slice(0, 6)}`,
  });
  /** Receives the job of a savepoint that was requested while not all tasks of the job ran. */
  onEarlySavepoint: (jobId: string) => void = () => {};
  /** Receives each job that has ended. */
  onEnd: (jobId: string) => void = () => {};
  /** How often each job was restarted. */
  restarts = 0;
  /** The interval of checkpoints in ms, and how many of each job are complete. Left out: there are none. */
  checkpointing: { readonly intervalMs: number; readonly completed: number } | undefined;
  readonly lastCheckpoints = new FakeLastCheckpoints();
  /** A canceled job stays CANCELLING. */
  cancelsSlowly = false;
  /** With its clock set, answers about a job are up to three seconds old. */
  readonly cache = new ResponseCache();
  /** No JobManager leads: every response is 503. */
  leaderless = false;

  /** Adds a job that Drey did not submit. */
  addJob(
    jobId: string,
    {
      state = 'RUNNING',
      name = 'a job',
      failure,
      tasks,
      scaling,
    }: Partial<Pick<FakeJob, 'state' | 'name' | 'failure' | 'tasks' | 'scaling'>> = {},
  ): void {
    const endTime = terminalStates.has(state) ? startTime + 1_000 : -1;
    this.jobs.set(jobId, { name, options: {}, state, endTime, failure, tasks, scaling });
  }

  setState(jobId: string, state: JobState, failure?: string): void {
    const job = this.getJob(jobId);
    Object.assign(job, {
      state,
      failure: failure ?? job.failure,
      endTime: terminalStates.has(state) ? startTime + 1_000 : -1,
    });
    if (terminalStates.has(state)) this.onEnd(jobId);
  }

  /** Gives a job the adaptive scheduler. */
  setScaling(jobId: string, scaling: FakeScaling): void {
    this.getJob(jobId).scaling = scaling;
  }

  /** Sets the states of the tasks, independent of the state of the job. */
  setTasks(jobId: string, tasks: Readonly<Record<string, number>>, { isBatch = false } = {}): void {
    Object.assign(this.getJob(jobId), { tasks, isBatch });
  }

  private getJob(jobId: string): FakeJob {
    const job = this.jobs.get(jobId);
    if (job === undefined) throw new Error(`the fake has no job ${jobId}`);
    return job;
  }

  /** Completes a stop with savepoint. */
  complete(jobId: string, triggerId: string, location: string): void {
    this.savepoints.set(triggerId, { location });
    this.latest.set(jobId, { location, type: 'SYNC_SAVEPOINT' });
    this.setState(jobId, 'FINISHED');
  }

  /** Restarts the JobManager without high availability. */
  forgetAll(): void {
    this.jobs.clear();
    this.jars.clear();
  }

  /**
   * Restarts the JobManager of an application: it has forgotten all requests, and its job starts again.
   *
   * @param restored What the job recovers from.
   */
  restartApplication(jobId: string, restored?: FakeCheckpoints['restored']): void {
    this.setState(jobId, 'RUNNING');
    this.getJob(jobId).startTime = (this.getJob(jobId).startTime ?? startTime) + 60_000;
    this.savepoints.clear();
    this.latest.delete(jobId);
    this.lastCheckpoints.set(jobId, { restored });
  }

  async answer(request: RestRequest): Promise<RestResponse> {
    this.requests.push(request);
    if (this.leaderless)
      return respondErrors(503, 'Service temporarily unavailable due to an ongoing leader election. Please refresh.');
    const [path = ''] = request.path.split('?');
    const [, version, what = '', id, action, last, detail] = path.split('/').map(decodeURIComponent);
    if (version !== 'v1') return respondFile(path);
    switch (`${request.method} ${what}`) {
      case 'GET overview':
        return respondJson(toClusterOverview(this.jobs, this.version));
      case 'GET jars':
        return respondJson({ address: '', files: [...this.jars.keys()].map((jar) => ({ id: jar, name: jar })) });
      case 'POST jars':
        if (id === 'upload') return receiveJar(this.jars, request);
        return action === 'plan' ? this.plan(id ?? '', request) : this.run(id ?? '', request);
      case 'DELETE jars':
        return this.jars.delete(id ?? '') ? respondJson({}) : respondErrors(400, `File ${id ?? ''} does not exist.`);
      case 'GET jobs':
        if (action === 'resource-requirements') return this.requirements(id ?? '', request);
        return id === 'overview'
          ? respondJson({ jobs: [...this.jobs].map(toOverview) })
          : this.cached(id ?? '', [action, last, detail]);
      case 'GET applications':
        return this.version.startsWith('2.3.')
          ? answerApplications(this.application, this.jobs, [id, action])
          : respondErrors(404, `Unable to load requested file ${path}.`);
      case 'DELETE cluster':
        return respondJson({});
      case 'PUT jobs':
        return this.requirements(id ?? '', request);
      case 'PATCH jobs':
        return this.cancel(id ?? '');
      case 'POST jobs':
        return action === 'checkpoints'
          ? this.checkpoint(request)
          : this.takeSavepoint(id ?? '', action ?? '', request);
      case 'POST savepoint-disposal':
        return this.dispose(request);
      case 'GET savepoint-disposal':
        return respondJson({ status: { id: 'COMPLETED' }, operation: {} });
      default:
        return what === 'jobmanager' ? respondJson(this.settings) : respondErrors(404, `Not found: ${path}`);
    }
  }

  private run(jar: string, { json: body }: RestRequest): RestResponse {
    if (!this.jars.has(jar))
      return respondErrors(
        400,
        `org.apache.flink.runtime.rest.handler.RestHandlerException: Jar file /tmp/${jar} does not exist`,
      );
    const options = body as RunOptions; // What flinkRest sends.
    if (this.jobs.has(options.jobId)) return respondErrors(400, duplicateJob);
    const outcome = this.program(options);
    if ('thrown' in outcome) return respondErrors(400, outcome.thrown);
    this.jobs.set(options.jobId, {
      name: options.entryClass ?? 'the main class',
      options,
      state: outcome.state,
      tasks: outcome.tasks,
      endTime: terminalStates.has(outcome.state) ? startTime + 1_000 : -1,
      failure: undefined,
    });
    return respondJson({ jobid: options.jobId });
  }

  private cached(jobId: string, [what, ...rest]: readonly (string | undefined)[]): RestResponse {
    const respond = () => this.job(jobId, [what, ...rest]);
    const isCached = what === undefined || what === 'exceptions' || (what === 'checkpoints' && rest[0] === undefined);
    return isCached ? this.cache.answer(`${jobId}/${what ?? ''}`, respond) : respond();
  }

  private job(jobId: string, [what, triggerId, detail]: readonly (string | undefined)[]): RestResponse {
    const job = this.jobs.get(jobId);
    switch (what) {
      case undefined:
        if (job === undefined) return respondErrors(404, unknownJob(jobId));
        return respondJson({
          jid: jobId,
          state: job.state,
          'job-type': job.isBatch === true ? 'BATCH' : 'STREAMING',
          vertices: toVertices(job),
        });
      case 'status':
        return job === undefined ? respondErrors(500, unknownJob(jobId)) : respondJson({ status: job.state });
      case 'exceptions':
        if (job === undefined) return respondErrors(404, unknownJob(jobId));
        return respondFailure(job.failure);
      case 'metrics':
        return respondJson([{ id: 'numRestarts', value: String(this.restarts) }]);
      case 'rescales':
        return answerRescales(job?.rescales ?? [], [triggerId, detail]);
      case 'checkpoints':
        if (triggerId === 'config') return respondJson(this.lastCheckpoints.toConfig(this.checkpointing?.intervalMs));
        if (triggerId === 'details') return respondJson({ ...amounts, external_path: `s3://bucket/chk-${detail}` });
        return triggerId === undefined
          ? this.statistics(jobId)
          : respondCheckpoint(this.checkpoints.get(triggerId), triggerId);
      case 'savepoints':
        return respondSavepoint(this.savepoints.get(triggerId ?? ''), { jobId, triggerId });
      default:
        return respondErrors(404, 'Not found');
    }
  }

  private requirements(jobId: string, request: RestRequest): RestResponse {
    const job = this.jobs.get(jobId);
    return job === undefined || terminalStates.has(job.state)
      ? respondErrors(404, unknownJob(jobId))
      : answerRequirements(job, request);
  }

  private cancel(jobId: string): RestResponse {
    const job = this.jobs.get(jobId);
    if (job === undefined) return respondErrors(404, 'Job could not be found.');
    if (job.state === 'FINISHED' || job.state === 'FAILED') {
      return respondErrors(
        409,
        `Job cancellation failed because the job has already reached another terminal state (${job.state}).`,
      );
    }
    this.setState(jobId, this.cancelsSlowly ? 'CANCELLING' : 'CANCELED');
    return respondJson({}, 202);
  }

  private takeSavepoint(jobId: string, action: string, { json: body }: RestRequest): RestResponse {
    const request = body as SavepointBody; // What flinkRest sends.
    const directory = action === 'stop' ? request.targetDirectory : request['target-directory'];
    if (directory === undefined)
      return respondErrors(
        400,
        'Config key [execution.checkpointing.savepoint-dir] is not set. Property [targetDirectory] must be provided.',
      );
    if (!this.savepoints.has(request.triggerId)) {
      const outcome = this.outcomeOf(jobId, directory, { triggerId: request.triggerId, stops: action === 'stop' });
      this.savepoints.set(request.triggerId, outcome);
      const isTaken = outcome !== 'in-progress' && 'location' in outcome;
      const type = action === 'stop' ? 'SYNC_SAVEPOINT' : 'SAVEPOINT';
      if (isTaken) this.latest.set(jobId, { location: outcome.location, type });
      if (isTaken && action === 'stop') this.setState(jobId, 'FINISHED');
      if (isTaken && request['cancel-job'] === true) this.setState(jobId, 'CANCELED');
    }
    return respondJson({ 'request-id': request.triggerId }, 202);
  }

  /** A savepoint that is requested while not all tasks run fails for good. */
  private outcomeOf(jobId: string, directory: string, request: SavepointRequest): Savepoint {
    const job = this.jobs.get(jobId);
    if (job === undefined || terminalStates.has(job.state)) return { failure: unknownJob(jobId) };
    const { total = 0, running = 0, finished = 0 } = countTasks(job);
    if (job.state === 'RUNNING' && total > 0 && running + finished === total)
      return this.savepoint(jobId, directory, request);
    this.onEarlySavepoint(jobId);
    return { failure: notAllTasksRun };
  }

  private checkpoint({ json: body }: RestRequest): RestResponse {
    const { triggerId } = body as { readonly triggerId: string }; // What flinkRest sends.
    if (!this.checkpoints.has(triggerId)) this.checkpoints.set(triggerId, this.checkpoints.size + 1);
    return respondJson({ 'request-id': triggerId }, 202);
  }

  private statistics(jobId: string): RestResponse {
    const found = this.latest.get(jobId);
    const savepoint =
      found === undefined ? null : { ...amounts, external_path: found.location, checkpoint_type: found.type };
    return respondJson({
      counts: { completed: this.checkpointing?.completed ?? 0 },
      latest: { savepoint, ...this.lastCheckpoints.toStatistics(jobId) },
    });
  }

  private dispose({ json: body }: RestRequest): RestResponse {
    const { 'savepoint-path': path } = body as { readonly 'savepoint-path': string }; // What flinkRest sends.
    this.disposed.push(path);
    return respondJson({ 'request-id': 'd'.repeat(32) });
  }

  private plan(jar: string, { json: body }: RestRequest): RestResponse {
    if (!this.jars.has(jar)) return respondErrors(400, `Jar file /tmp/${jar} does not exist`);
    const outcome = this.program(body as Partial<RunOptions>); // What flinkRest sends.
    if ('thrown' in outcome) return respondErrors(400, outcome.thrown);
    return respondJson({ plan: { name: 'a job', nodes: [] } });
  }
}
