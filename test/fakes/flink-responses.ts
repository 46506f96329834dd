import type { RestResponse } from '#shared/flink/rest/transport/transport.ts';

export const respondJson = (body: unknown, status = 200): RestResponse => ({ status, body });
export const respondErrors = (status: number, ...lines: readonly string[]): RestResponse => ({
  status,
  body: { errors: lines },
});

/** A file of the web UI. */
export const respondFile = (path: string): RestResponse =>
  path === '/index.html'
    ? { status: 200, body: Buffer.from('<html><base href="./"></html>') }
    : respondErrors(404, `Not found: ${path}`);

/** The texts of Flink 2.2, with fewer frames. */
export const duplicateJob = [
  'org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.',
  'Caused by: org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job has already been submitted.',
].join('\n\tat a.b.C(C.java:1)\n');

export const unknownJob = (jobId: string) =>
  `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${jobId})`;

export const notAllTasksRun = [
  'java.util.concurrent.CompletionException: a checkpoint',
  'Caused by: org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint triggering task Source (1/1) of job a is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running.',
].join('\n\tat a.b.C(C.java:1)\n');

/** How old Flink's answers about the details of a job are at most: its default of `web.refresh-interval`. */
const maxAgeMs = 3_000;

/** Answers from a cache, like Flink about the details, the exceptions and the checkpoints of a job. */
export class ResponseCache {
  /** Undefined: nothing is cached. */
  clock: (() => number) | undefined;
  private readonly entries = new Map<string, { readonly atMs: number; readonly response: RestResponse }>();

  answer(key: string, respond: () => RestResponse): RestResponse {
    if (this.clock === undefined) return respond();
    const now = this.clock();
    const known = this.entries.get(key);
    if (known !== undefined && now - known.atMs < maxAgeMs) return known.response;
    const response = respond();
    this.entries.set(key, { atMs: now, response });
    return response;
  }
}

/** The exceptions of a job. @param failure The stack trace of its failure. */
export const respondFailure = (failure: string | undefined): RestResponse =>
  respondJson({
    exceptionHistory: {
      entries: failure === undefined ? [] : [{ exceptionName: 'java.lang.Exception', stacktrace: failure }],
    },
  });
