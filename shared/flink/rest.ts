import * as z from 'zod';

import { isTerminalJob, JobState } from '#events/job.ts';
import { Fault } from '#events/problem.ts';
import type { ProblemCode } from '#events/problem-table.ts';

/** One request to Flink's REST API, however it gets there. */
export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the version on: `/v1/overview`. */
  readonly path: string;
  readonly json?: unknown;
  /** A body that is not held in memory. Its length must be known: the way there does not take chunks of unknown number. */
  readonly stream?: { readonly body: AsyncIterable<Uint8Array>; readonly bytes: number; readonly contentType: string };
  /** How long an answer may take, where Flink works for long before it gives one. */
  readonly timeoutMs?: number;
}

export interface RestResponse {
  readonly status: number;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
}

/**
 * Carries a request to one cluster's REST API and brings any answer back, whatever its status.
 *
 * @throws Fault `target-unreachable` when no answer of Flink's came (no ready JobManager included), `target-refused`
 * when the API server did not let it through.
 */
export type Transport = (request: RestRequest) => Promise<RestResponse>;

const Overview = z.object({
  taskmanagers: z.int(),
  'slots-total': z.int(),
  'slots-available': z.int(),
  'jobs-running': z.int(),
  'jobs-finished': z.int(),
  'jobs-cancelled': z.int(),
  'jobs-failed': z.int(),
  'flink-version': z.string(),
});
export type Overview = Readonly<z.infer<typeof Overview>>;

const JobOverview = z.object({
  jid: z.string(),
  name: z.string(),
  state: JobState,
  /** Milliseconds since 1970. */
  'start-time': z.int(),
  /** Milliseconds since 1970; -1 while it runs. */
  'end-time': z.int(),
  /** How many there are in each state, in small letters, and in all (`total`). */
  tasks: z.record(z.string(), z.int()),
});
export type JobOverview = Readonly<z.infer<typeof JobOverview>>;

const JobsOverview = z.object({ jobs: z.array(JobOverview) });
const JobStatus = z.object({ status: JobState });
/** Flink 1.20 does not say which type it is. */
const JobDetails = z.object({ 'job-type': z.string().nullish() });
const Uploaded = z.object({ filename: z.string() });
const Jars = z.object({ files: z.array(z.object({ id: z.string() })) });
const Exceptions = z.object({
  exceptionHistory: z.object({ entries: z.array(z.object({ exceptionName: z.string(), stacktrace: z.string() })) }),
});
const Errors = z.object({ errors: z.array(z.string()) });
const FailureCause = z.object({ class: z.string(), 'stack-trace': z.string() });
/** Of what was triggered, whatever it is: savepoints write their failure in one way, checkpoints in another. */
const TriggerInfo = z.object({
  status: z.object({ id: z.enum(['IN_PROGRESS', 'COMPLETED']) }),
  operation: z
    .looseObject({ 'failure-cause': FailureCause.optional(), failureCause: FailureCause.optional() })
    .nullish(),
});
const Triggered = z.object({ 'request-id': z.string() });
const Checkpoints = z.object({
  latest: z
    .object({ savepoint: z.object({ external_path: z.string(), checkpoint_type: z.string().nullish() }).nullish() })
    .nullish(),
});
const JobPlan = z.object({ plan: z.unknown() });

export interface LatestSavepoint {
  readonly location: string;
  readonly isOfStop: boolean;
}

export interface RunOptions {
  /** 32 hex digits. Flink refuses to start the same id twice, which makes a run repeatable. */
  readonly jobId: string;
  readonly entryClass?: string;
  readonly programArgsList?: readonly string[];
  readonly parallelism?: number;
  readonly savepointPath?: string;
  readonly allowNonRestoredState?: boolean;
  readonly claimMode?: 'CLAIM' | 'NO_CLAIM' | 'LEGACY';
  readonly flinkConfiguration?: Readonly<Record<string, string>>;
}

export interface JarFile {
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly bytes: number;
}

export type CancelOutcome =
  | { readonly status: 'accepted' }
  /** It had ended before, in this state. */
  | { readonly status: 'ended'; readonly state: JobState };

interface SavepointRequest {
  /** Left out: the default of the cluster. */
  readonly directory?: string | undefined;
  readonly format?: 'CANONICAL' | 'NATIVE';
  /** 32 hex digits that name it. */
  readonly triggerId: string;
}

export type PlanOptions = Pick<RunOptions, 'entryClass' | 'programArgsList' | 'parallelism'>;

type Pending = { readonly status: 'in-progress' } | { readonly status: 'failed'; readonly cause: string };
type TriggerStatus<T> = Pending | { readonly status: 'completed'; readonly value: T };
export type SavepointStatus = Pending | { readonly status: 'completed'; readonly location: string };
export type CheckpointStatus = Pending | { readonly status: 'completed'; readonly checkpointId: number };
export type DisposalStatus = Pending | { readonly status: 'completed' };

export type FlinkRest = ReturnType<typeof flinkRest>;

/** A program's main() runs before the answer comes. Less than the 350 s after which an idle connection may be cut. */
const mainTimeoutMs = 300_000;
/** Lambda's longest life: the caller's signal ends it earlier. */
const uploadTimeoutMs = 900_000;

/**
 * Flink's REST API. Every method throws what its transport throws, and Fault `not-ready` while no JobManager leads,
 * `target-unreachable` when Flink failed, `target-refused` when its answer is not what Flink gives.
 *
 * @see Flink 2.2, REST API
 */
export const flinkRest = (transport: Transport) => {
  const call = async (request: RestRequest): Promise<RestResponse> => {
    const response = await transport(request);
    if (response.status === 503) throw fault('not-ready', response, 'Flink has no leading JobManager yet');
    return response;
  };

  const get = async <S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> => {
    const response = await call({ method: 'GET', path });
    if (response.status === 404) throw fault('not-found', response, `Flink does not know ${path}`);
    return understood(response, schema, `GET ${path}`);
  };

  const hasJar = async (jarId: string) => (await get('/v1/jars', Jars)).files.some(({ id }) => id === jarId);

  const jobState = async (jobId: string): Promise<JobState | undefined> => {
    const response = await call({ method: 'GET', path: urlPath`/v1/jobs/${jobId}/status` });
    const isUnknown = causesOf(textOf(response)).some(({ name }) => name === 'FlinkJobNotFoundException');
    // Flink 2.2 answers 500 for a job that it does not know, here.
    if (isUnknown || response.status === 404) return undefined;
    return understood(response, JobStatus, 'GET /v1/jobs/:jobid/status').status;
  };

  const isBatch = async (jobId: string): Promise<boolean> =>
    (await unlessUnknown(get(urlPath`/v1/jobs/${jobId}`, JobDetails)))?.['job-type'] === 'BATCH';

  const trigger = async (
    jobId: string,
    { noun = 'savepoint', at, json }: { readonly noun?: string; readonly at: string; readonly json: object },
  ): Promise<void> => {
    const path = urlPath`/v1/jobs/${jobId}/${at}`;
    const response = await call({ method: 'POST', path, json });
    if (response.status === 404) throw unknownJob(jobId, response);
    if (response.status === 400 || response.status === 409) {
      throw fault('savepoint-failed', response, `Flink takes no ${noun} of job ${jobId}`);
    }
    if (!isSuccess(response)) throw refusal(response, `POST ${path}`);
  };

  const triggered = async <S extends z.ZodType>(path: string, result: S): Promise<TriggerStatus<z.output<S>>> => {
    const { status, operation } = await get(path, TriggerInfo);
    if (status.id === 'IN_PROGRESS') return { status: 'in-progress' };
    const { 'failure-cause': failure, failureCause = failure } = operation ?? {};
    if (failureCause !== undefined)
      return { status: 'failed', cause: rootLine(failureCause['stack-trace'], failureCause.class) };
    const parsed = result.safeParse(operation ?? {});
    if (!parsed.success) throw malformed(`GET ${path}`, parsed.error);
    return { status: 'completed', value: parsed.data };
  };

  return {
    overview: (): Promise<Overview> => get('/v1/overview', Overview),

    /** Asks the JobManager to end its cluster, with what high availability keeps of ended jobs. It does not wait for jobs. */
    shutDown: async (): Promise<void> => {
      const response = await call({ method: 'DELETE', path: '/v1/cluster' });
      if (!isSuccess(response)) throw refusal(response, 'DELETE /v1/cluster');
    },

    /** Every job that the JobManager remembers, ended ones included. */
    jobs: async (): Promise<readonly JobOverview[]> => (await get('/v1/jobs/overview', JobsOverview)).jobs,

    /**
     * Whether Flink would refuse a savepoint of the job now, and may take it later: not all of its tasks run, as after a
     * start and while it restarts or rescales. The tasks of a batch job never all run, and Flink takes no savepoint of it.
     *
     * @see Flink 2.2 `DefaultCheckpointPlanCalculator`. The overview tells how it is now, `/jobs/:jobid` how it was up to
     *   `web.refresh-interval` ago.
     */
    isYetToRun: async (job: JobOverview): Promise<boolean> =>
      !isTerminalJob(job) && !doTasksRun(job) && !(await isBatch(job.jid)),

    /**
     * @returns The jar's id at the JobManager. It is lost when that is started anew.
     * @throws Fault `wrong-state` when the cluster takes no jars (an application, or `web.submit.enable: false`).
     */
    uploadJar: async (jar: JarFile): Promise<string> => {
      const stream = multipart(jar);
      const request = { method: 'POST', path: '/v1/jars/upload', stream, timeoutMs: uploadTimeoutMs } as const;
      const response = await call(request);
      if (response.status === 400 || response.status === 404) {
        throw fault('wrong-state', response, 'the cluster does not take the jar');
      }
      const { filename } = understood(response, Uploaded, 'POST /v1/jars/upload');
      return filename.slice(filename.lastIndexOf('/') + 1);
    },

    /**
     * Runs main() at the JobManager. Flink keeps no order here: an answer that was lost is found out by running again.
     *
     * @returns `known-already` when the job of this id was started before, whether it runs or has ended.
     * @throws Fault `program-failed` with the exception of the program; `not-ready` when the JobManager has lost the jar.
     */
    runJar: async (jarId: string, options: RunOptions): Promise<'started' | 'known-already'> => {
      const path = urlPath`/v1/jars/${jarId}/run`;
      const response = await call({ method: 'POST', path, json: options, timeoutMs: mainTimeoutMs });
      if (isSuccess(response)) return 'started';
      const causes = causesOf(textOf(response));
      if (causes.some(({ name }) => name === 'DuplicateJobSubmissionException')) return 'known-already';
      if (causes.some(({ name }) => name === 'ProgramInvocationException')) throw programFailed(causes, response);
      if (!(await hasJar(jarId))) {
        // The jar is deleted after a run, so a run that is repeated later finds the job and not the jar.
        if ((await jobState(options.jobId)) !== undefined) return 'known-already';
        throw fault('not-ready', response, `the JobManager does not have jar ${jarId} (any more): upload it again`);
      }
      throw response.status < 500 ? programFailed(causes, response) : refusal(response, `POST ${path}`);
    },

    /** Gone already is done. */
    deleteJar: async (jarId: string): Promise<void> => {
      const path = urlPath`/v1/jars/${jarId}`;
      const response = await call({ method: 'DELETE', path });
      if (!isSuccess(response) && (await hasJar(jarId))) throw refusal(response, `DELETE ${path}`);
    },

    /**
     * Asks for the end of a job, and does not wait for it.
     *
     * @throws Fault `not-found` when Flink does not know the job.
     */
    cancel: async (jobId: string): Promise<CancelOutcome> => {
      const path = urlPath`/v1/jobs/${jobId}`;
      const response = await call({ method: 'PATCH', path: `${path}?mode=cancel` });
      if (response.status === 404) throw unknownJob(jobId, response);
      if (response.status === 409) {
        const state = await jobState(jobId);
        if (state === undefined) throw unknownJob(jobId, response);
        return { status: 'ended', state };
      }
      if (!isSuccess(response)) throw refusal(response, `PATCH ${path}`);
      return { status: 'accepted' };
    },

    /**
     * Why a job failed, in one line: `ArithmeticException: / by zero`. Undefined when it did not.
     *
     * @throws Fault `not-found` when Flink does not know the job.
     */
    rootCause: async (jobId: string): Promise<string | undefined> => {
      const { exceptionHistory } = await get(urlPath`/v1/jobs/${jobId}/exceptions`, Exceptions);
      const latest = exceptionHistory.entries[0];
      return latest === undefined ? undefined : rootLine(latest.stacktrace, latest.exceptionName);
    },

    /**
     * Asks for a savepoint. Repeating it with the same trigger id starts no second one. That Flink does not know the
     * job may show only in how the savepoint ends.
     *
     * @throws Fault `savepoint-failed` when it does not begin one, as without a directory.
     */
    takeSavepoint: (
      jobId: string,
      { directory, format = 'CANONICAL', triggerId, cancelJob = false }: SavepointRequest & { cancelJob?: boolean },
    ): Promise<void> =>
      trigger(jobId, {
        at: 'savepoints',
        json: { 'target-directory': directory, 'cancel-job': cancelJob, formatType: format, triggerId },
      }),

    /**
     * Asks for a savepoint and the end of the job after it. Repeating it with the same trigger id starts no second one.
     *
     * @param drain Whether the job first lets all that is under way through, as if its sources had ended.
     * @throws Fault `savepoint-failed` when it does not begin one, as without a directory.
     */
    stopWithSavepoint: (
      jobId: string,
      { directory, format = 'CANONICAL', triggerId, drain = false }: SavepointRequest & { drain?: boolean },
    ): Promise<void> =>
      trigger(jobId, { at: 'stop', json: { targetDirectory: directory, drain, formatType: format, triggerId } }),

    /**
     * How far a savepoint got, also that of a stop. Flink forgets it five minutes after its end.
     *
     * @throws Fault `not-found` when Flink does not know it.
     */
    savepoint: async (jobId: string, triggerId: string): Promise<SavepointStatus> => {
      const path = urlPath`/v1/jobs/${jobId}/savepoints/${triggerId}`;
      const ended = await triggered(path, z.object({ location: z.string() }));
      return ended.status === 'completed' ? { status: 'completed', location: ended.value.location } : ended;
    },

    /**
     * Asks for a checkpoint. Repeating it with the same trigger id starts no second one.
     *
     * @throws Fault `savepoint-failed` when it does not begin one.
     */
    takeCheckpoint: (
      jobId: string,
      { full, triggerId }: { readonly full: boolean; readonly triggerId: string },
    ): Promise<void> =>
      trigger(jobId, {
        noun: 'checkpoint',
        at: 'checkpoints',
        json: { checkpointType: full ? 'FULL' : 'CONFIGURED', triggerId },
      }),

    /** How far a checkpoint got. @throws Fault `not-found` when Flink does not know it. */
    checkpoint: async (jobId: string, triggerId: string): Promise<CheckpointStatus> => {
      const path = urlPath`/v1/jobs/${jobId}/checkpoints/${triggerId}`;
      const ended = await triggered(path, z.object({ checkpointId: z.int() }));
      return ended.status === 'completed' ? { status: 'completed', checkpointId: ended.value.checkpointId } : ended;
    },

    /**
     * Where the latest savepoint of a job is, whoever asked for it, while Flink remembers the job; and whether it was
     * that of a stop.
     *
     * @see Flink 2.2 `CheckpointStatistics.RestAPICheckpointType`
     */
    latestSavepoint: async (jobId: string): Promise<LatestSavepoint | undefined> => {
      const path = urlPath`/v1/jobs/${jobId}/checkpoints`;
      const response = await call({ method: 'GET', path });
      // So it says of a job without checkpoints, too.
      if (response.status === 404) return undefined;
      const found = understood(response, Checkpoints, `GET ${path}`).latest?.savepoint;
      if (found === undefined || found === null) return undefined;
      return { location: found.external_path, isOfStop: found.checkpoint_type === 'SYNC_SAVEPOINT' };
    },

    /** Asks for the removal of a savepoint's files. @returns The trigger id to ask with how far it is. */
    disposeSavepoint: async (savepoint: string): Promise<string> => {
      const request = {
        method: 'POST',
        path: '/v1/savepoint-disposal',
        json: { 'savepoint-path': savepoint },
      } as const;
      return understood(await call(request), Triggered, 'POST /v1/savepoint-disposal')['request-id'];
    },

    /** How far a disposal got. @throws Fault `not-found` when Flink does not know it. */
    disposal: async (triggerId: string): Promise<DisposalStatus> => {
      const ended = await triggered(urlPath`/v1/savepoint-disposal/${triggerId}`, z.object({}));
      return ended.status === 'completed' ? { status: 'completed' } : ended;
    },

    /**
     * The plan of a program, whose main() runs at the JobManager as far as its first job; nothing is started.
     *
     * @throws Fault `program-failed` with the exception of the program.
     */
    plan: async (jarId: string, options: PlanOptions): Promise<unknown> => {
      const path = urlPath`/v1/jars/${jarId}/plan`;
      const response = await call({ method: 'POST', path, json: options, timeoutMs: mainTimeoutMs });
      if (!isSuccess(response) && response.status !== 408) throw programFailed(causesOf(textOf(response)), response);
      return understood(response, JobPlan, `POST ${path}`).plan;
    },
  };
};

/** A job that waits for its resources has no tasks yet. One whose tasks have finished can have its savepoint. */
const doTasksRun = ({ state, tasks: { total = 0, running = 0, finished = 0 } }: JobOverview): boolean =>
  state === 'RUNNING' && total > 0 && running + finished === total;

/** Undefined for what Flink does not know: it never was asked for it, or has forgotten it. */
export const unlessUnknown = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found') return undefined;
    throw error;
  }
};

/**
 * The path of a URL, with every value encoded as one segment of it.
 *
 * @throws Fault `malformed-request` for `.`, `..` and nothing, which would change the path and cannot be encoded.
 */
export const urlPath = (strings: TemplateStringsArray, ...values: readonly string[]): string =>
  String.raw({ raw: strings }, ...values.map(segment));

const segment = (value: string): string => {
  if (/^\.{0,2}$/.test(value)) throw new Fault('malformed-request', `"${value}" is no name`);
  return encodeURIComponent(value);
};

/** A form with one file in it, as Flink's web page sends it. */
const multipart = ({ name, body, bytes }: JarFile) => {
  const boundary = `drey-${crypto.randomUUID()}`;
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `--${boundary}\r\nContent-Disposition: form-data; name="jarfile"; filename="${fileName(name)}"\r\n` +
      'Content-Type: application/x-java-archive\r\n\r\n',
  );
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: head.byteLength + bytes + tail.byteLength,
    body: (async function* parts() {
      yield head;
      yield* exactly(body, bytes, name);
      yield tail;
    })(),
  };
};

/** Flink takes files named `*.jar` only. What could end the header's string or the file's path becomes `_`. */
const fileName = (name: string): string => {
  const safe = name.replaceAll(/[^\w.-]/g, '_');
  return safe.endsWith('.jar') ? safe : `${safe}.jar`;
};

/** The announced length is on its way before the body is: a stream of another length would be a broken request. */
async function* exactly(body: AsyncIterable<Uint8Array>, bytes: number, name: string) {
  let seen = 0;
  for await (const chunk of body) {
    seen += chunk.byteLength;
    if (seen > bytes) break;
    yield chunk;
  }
  if (seen !== bytes) throw new Fault('conflict', `${name} does not have the ${bytes} bytes that it had`);
}

interface Cause {
  /** The exception's class without its package. */
  readonly name: string;
  readonly message: string;
}

const firstLine = /^(?:Caused by: )?(?:[\w$]+\.)+([\w$]+)(?:: ?(.*))?$/;

/**
 * The chain of exceptions in a Java stack trace, outermost first. What was suppressed is indented, and left out.
 *
 * Flink's REST API has no other form of a reason than such a text.
 */
const causesOf = (trace: string): readonly Cause[] => {
  const causes: { name: string; message: string }[] = [];
  let inMessage = false;
  for (const line of trace.split(/\r?\n/)) {
    const [, name, message = ''] = (!inMessage || line.startsWith('Caused by: ') ? firstLine.exec(line) : null) ?? [];
    const current = causes.at(-1);
    if (name !== undefined) {
      causes.push({ name, message });
      inMessage = true;
    } else if (/^\s+(?:at |\.\.\. \d+ more|Suppressed: )|^End of exception on server side/.test(line)) {
      inMessage = false;
    } else if (inMessage && current !== undefined && line.trim() !== '') {
      current.message += `\n${line}`;
    }
  }
  return causes;
};

const longestMessage = 1_000;
const inWords = ({ name, message }: Cause) => (message === '' ? name : `${name}: ${message}`).slice(0, longestMessage);

/** The deepest cause, in one line. */
const rootLine = (trace: string, otherwise: string): string => {
  const cause = causesOf(trace).at(-1);
  return cause === undefined ? otherwise : (inWords(cause).split('\n')[0] ?? otherwise);
};

/** The program's own exception, and what Flink says of it where that tells more. */
const programFailed = (causes: readonly Cause[], response: RestResponse): Fault => {
  const root = causes.at(-1);
  if (root === undefined) return fault('program-failed', response, 'Flink could not start the program');
  const before = causes.at(-2);
  const tellsMore = before?.name === 'ProgramInvocationException' && !before.message.endsWith(root.message);
  const addition = tellsMore ? ` (${before.message})` : '';
  return new Fault('program-failed', `${inWords(root)}${addition}`, { reason: root.name, cause: response.body });
};

const isSuccess = ({ status }: RestResponse) => status >= 200 && status < 300;

const textOf = ({ body }: RestResponse): string => {
  const parsed = Errors.safeParse(body);
  return parsed.success ? parsed.data.errors.join('\n') : '';
};

/** A reason for people: Flink's deepest cause, or the plain sentence that it gave instead. */
const fault = (code: ProblemCode, response: RestResponse, message: string): Fault => {
  const text = textOf(response);
  const plain = (text.split('\n')[0] ?? '').slice(0, longestMessage);
  const reason = rootLine(text, plain).replace(/^RestHandlerException: /, '');
  return new Fault(code, reason === '' ? message : `${message}: ${reason}`, { cause: response.body });
};

const refusal = (response: RestResponse, what: string): Fault =>
  fault(
    response.status >= 500 || response.status === 408 ? 'target-unreachable' : 'target-refused',
    response,
    `Flink answered ${what} with ${response.status}`,
  );

const unknownJob = (jobId: string, { body }: RestResponse) =>
  new Fault('not-found', `Flink does not know job ${jobId}`, { cause: body });

const malformed = (what: string, cause?: unknown) =>
  new Fault('target-refused', `the answer to ${what} is not one of Flink's`, { cause });

const understood = <S extends z.ZodType>(response: RestResponse, schema: S, what: string): z.output<S> => {
  if (!isSuccess(response)) throw refusal(response, what);
  const parsed = schema.safeParse(response.body);
  if (!parsed.success) throw malformed(what, parsed.error);
  return parsed.data;
};
