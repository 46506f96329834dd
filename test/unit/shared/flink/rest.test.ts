import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problem.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { RestRequest, RestResponse, Transport } from '#shared/flink/rest/transport.ts';
import { urlPath } from '#shared/flink/rest/url-path.ts';

const jobId = 'a'.repeat(32);

type Routes = Readonly<Record<string, RestResponse>>;

/** Flink's REST API with these answers, by method and path. */
const flinkWith = (routes: Routes) => {
  const requests: RestRequest[] = [];
  const transport: Transport = async (request) => {
    requests.push(request);
    const answer = routes[`${request.method} ${request.path}`];
    if (answer === undefined) throw new Error(`no answer to ${request.method} ${request.path}`);
    return answer;
  };
  return { rest: flinkRest(transport), requests };
};

const ok = (body: unknown, status = 200): RestResponse => ({ status, body });
const errors = (status: number, ...texts: readonly string[]): RestResponse => ({ status, body: { errors: texts } });
const trace = (...lines: readonly string[]) =>
  lines.join('\n\tat org.apache.flink.Some.where(Some.java:114)\n\t... 2 more\n');
/** As Flink 2.2.1 wrote them, with fewer frames. */
const couldNotExecute = [
  'org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.',
  'Caused by: java.util.concurrent.CompletionException: org.apache.flink.util.FlinkRuntimeException: Could not execute application.',
  'Caused by: org.apache.flink.util.FlinkRuntimeException: Could not execute application.',
];
const onServer = (text: string) => `<Exception on server side:\n${text}\n\nEnd of exception on server side>`;

const job = {
  jid: jobId,
  name: 'CarTopSpeedWindowingExample',
  state: 'RUNNING',
  'start-time': 1_795_471_834_406,
  'end-time': -1,
  duration: 4_994,
  'last-modification': 1_795_471_839_213,
  tasks: { running: 2, total: 2, failed: 0 },
  'pending-operators': 0,
};

describe('urlPath', () => {
  it('keeps a value from becoming more than one segment', () => {
    expect(urlPath`/v1/jars/${'a/../b?c#d%2e'}/run`).toBe('/v1/jars/a%2F..%2Fb%3Fc%23d%252e/run');
  });

  it.each(['', '.', '..'])('refuses "%s", which no encoding makes a name', (value) => {
    expect(() => urlPath`/v1/jars/${value}/run`).toThrow(Fault);
  });
});

describe('reading', () => {
  it('lists jobs in the words of Flink', async () => {
    const { rest } = flinkWith({ 'GET /v1/jobs/overview': ok({ jobs: [job] }) });

    const jobs = await rest.listJobs();

    expect(jobs).toEqual([
      {
        jid: jobId,
        name: job.name,
        state: 'RUNNING',
        'start-time': 1_795_471_834_406,
        'end-time': -1,
        tasks: { running: 2, total: 2, failed: 0 },
      },
    ]);
  });

  it.each([
    [
      'an election',
      errors(503, 'Service temporarily unavailable due to an ongoing leader election. Please refresh.'),
      'not-ready',
    ],
    ['a failure of Flink', errors(500, 'Internal server error.'), 'target-unreachable'],
    ['a state that Flink does not have', ok({ jobs: [{ ...job, state: 'DREAMING' }] }), 'target-refused'],
    ['a page of HTML', ok('<html>'), 'target-refused'],
  ])('takes %s for what it is', async (_, answer, code) => {
    const { rest } = flinkWith({ 'GET /v1/jobs/overview': answer });

    await expect(rest.listJobs()).rejects.toMatchObject({ code });
  });
});

describe('a job whose tasks', () => {
  const details = (type?: string) => ({
    [`GET /v1/jobs/${jobId}`]: ok({ jid: jobId, ...(type === undefined ? {} : { 'job-type': type }) }),
  });

  it.each([
    ['all run', {}, details('STREAMING'), false],
    ['run or have finished', { tasks: { total: 2, running: 1, finished: 1 } }, details('STREAMING'), false],
    ['are being deployed', { tasks: { total: 2, running: 1, deploying: 1 } }, details('STREAMING'), true],
    ['restore their state', { tasks: { total: 2, running: 1, initializing: 1 } }, details(), true],
    ['are not there yet', { tasks: { total: 0, running: 0 } }, details('STREAMING'), true],
    ['run, as far as it is known, while it restarts', { state: 'RESTARTING' }, details('STREAMING'), true],
    ['are cancelled', { state: 'CANCELLING', tasks: { total: 2, canceling: 2 } }, details('STREAMING'), true],
    ['have ended with it', { state: 'FINISHED', tasks: { total: 2, finished: 2 } }, details('STREAMING'), false],
    ['run one behind the other', { tasks: { total: 2, running: 1, created: 1 } }, details('BATCH'), false],
    [
      'it has forgotten',
      { tasks: { total: 2, running: 1, created: 1 } },
      { [`GET /v1/jobs/${jobId}`]: errors(404, 'Job not found') },
      true,
    ],
  ] as const)('%s', async (_, change, routes, expected) => {
    const { rest } = flinkWith({ 'GET /v1/jobs/overview': ok({ jobs: [{ ...job, ...change }] }), ...routes });
    const [seen] = await rest.listJobs();

    expect(seen === undefined ? undefined : await rest.isWaitingForTasks(seen)).toBe(expected);
  });
});

describe('uploadJar', () => {
  const uploaded = {
    'POST /v1/jars/upload': ok({ filename: '/tmp/flink-web-1/flink-web-upload/6b1c_my.jar', status: 'success' }),
  };
  const parts = (...contents: readonly string[]) =>
    (async function* chunks() {
      for (const content of contents) yield new TextEncoder().encode(content);
    })();
  const received = async ({ stream }: RestRequest) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream?.body ?? []) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  it('sends a form of exactly the length that it says', async () => {
    const bodies: Buffer[] = [];
    const transport: Transport = async (request) => {
      bodies.push(await received(request));
      expect(request.stream?.bytes).toBe(bodies[0]?.byteLength);
      const boundary = request.stream?.contentType.replace('multipart/form-data; boundary=', '') ?? '';
      expect(bodies[0]?.toString()).toBe(
        `--${boundary}\r\nContent-Disposition: form-data; name="jarfile"; filename="my.jar"\r\n` +
          `Content-Type: application/x-java-archive\r\n\r\nPK1234\r\n--${boundary}--\r\n`,
      );
      return uploaded['POST /v1/jars/upload'];
    };

    const jarId = await flinkRest(transport).uploadJar({ name: 'my.jar', body: parts('PK', '1234'), bytes: 6 });

    expect(jarId).toBe('6b1c_my.jar');
    expect(bodies).toHaveLength(1);
  });

  it.each([
    ['../a"b\r\nX: y.jar', '.._a_b__X__y.jar'],
    ['job', 'job.jar'],
  ])('keeps the name %j within its header', async (name, filename) => {
    const { rest, requests } = flinkWith(uploaded);
    await rest.uploadJar({ name, body: parts('x'), bytes: 1 });

    const text = (await received(requests[0]!)).toString();

    expect(text).toContain(`filename="${filename}"\r\n`);
  });

  it.each([5, 7])('breaks off a jar of 6 bytes that was said to have %i', async (bytes) => {
    const transport: Transport = async (request) => {
      await received(request);
      return uploaded['POST /v1/jars/upload'];
    };

    const sent = flinkRest(transport).uploadJar({ name: 'my.jar', body: parts('PK', '1234'), bytes });

    await expect(sent).rejects.toMatchObject({ code: 'conflict' });
  });

  it('says that an application takes no jars', async () => {
    const { rest } = flinkWith({ 'POST /v1/jars/upload': errors(400, 'POST request not allowed') });

    const sent = rest.uploadJar({ name: 'my.jar', body: parts('x'), bytes: 1 });

    await expect(sent).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('POST request not allowed') as string,
    });
  });
});

describe('runJar', () => {
  const run = (answer: RestResponse, more: Routes = {}) =>
    flinkWith({
      'POST /v1/jars/my.jar/run': answer,
      'GET /v1/jars': ok({ address: '', files: [{ id: 'my.jar', name: 'my.jar' }] }),
      ...more,
    });
  const unknownJob = errors(
    500,
    'Internal server error.',
    onServer(trace('org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (aa)')),
  );

  it('runs the program under the given id', async () => {
    const { rest, requests } = run(ok({ jobid: jobId }));

    const outcome = await rest.runJar('my.jar', { jobId, entryClass: 'a.Main', programArgsList: ['--x', 'y'] });

    expect(outcome).toBe('started');
    expect(requests[0]).toMatchObject({ json: { jobId, entryClass: 'a.Main', programArgsList: ['--x', 'y'] } });
  });

  it('takes a second run of the same id for done', async () => {
    const second = trace(
      ...couldNotExecute,
      'Caused by: org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: Failed to execute job',
      'Caused by: org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job has already been submitted.',
    );
    const { rest } = run(errors(400, second));

    await expect(rest.runJar('my.jar', { jobId })).resolves.toBe('already-submitted');
  });

  it.each([
    [
      'main() throws',
      errors(
        400,
        trace(
          ...couldNotExecute,
          'Caused by: org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: no input',
          'Caused by: com.acme.etl.Job$BadInput: no input',
        ),
      ),
      'Job$BadInput: no input',
    ],
    [
      'there is no such class',
      errors(
        500,
        'Internal server error.',
        onServer(
          trace(
            "java.util.concurrent.CompletionException: org.apache.flink.client.program.ProgramInvocationException: The program's entry point class 'no.Such' was not found in the jar file.",
            "Caused by: org.apache.flink.client.program.ProgramInvocationException: The program's entry point class 'no.Such' was not found in the jar file.",
            'Caused by: java.lang.ClassNotFoundException: no.Such',
          ),
        ),
      ),
      "ClassNotFoundException: no.Such (The program's entry point class 'no.Such' was not found in the jar file.)",
    ],
    [
      'the message has lines',
      errors(400, trace(...couldNotExecute, 'Caused by: java.lang.IllegalArgumentException: first\nsecond: line')),
      'IllegalArgumentException: first\nsecond: line',
    ],
    [
      'something was suppressed',
      errors(
        400,
        trace(
          ...couldNotExecute,
          'Caused by: java.lang.IllegalStateException: real\n\tSuppressed: java.io.IOException: close\n\tCaused by: java.io.EOFException',
        ),
      ),
      'IllegalStateException: real',
    ],
  ])('tells the program and no stack when %s', async (_, answer, message) => {
    const { rest } = run(answer);

    await expect(rest.runJar('my.jar', { jobId })).rejects.toMatchObject({ code: 'program-failed', message });
  });

  describe('without the jar', () => {
    const lost = errors(
      400,
      'org.apache.flink.runtime.rest.handler.RestHandlerException: Jar file /tmp/x/my.jar does not exist',
    );
    const noJars = { 'GET /v1/jars': ok({ address: '', files: [] }) };

    it('asks for the jar again when the job is not known', async () => {
      const { rest } = run(lost, { ...noJars, [`GET /v1/jobs/${jobId}/status`]: unknownJob });

      await expect(rest.runJar('my.jar', { jobId })).rejects.toMatchObject({ code: 'not-ready' });
    });

    it('is done when the job is known', async () => {
      const { rest } = run(lost, { ...noJars, [`GET /v1/jobs/${jobId}/status`]: ok({ status: 'RUNNING' }) });

      await expect(rest.runJar('my.jar', { jobId })).resolves.toBe('already-submitted');
    });
  });

  it('leaves a failure of Flink itself open to another try', async () => {
    const { rest } = run(
      errors(500, 'Internal server error.', onServer(trace('java.util.concurrent.TimeoutException: Ask timed out'))),
    );

    await expect(rest.runJar('my.jar', { jobId })).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringContaining('TimeoutException: Ask timed out') as string,
    });
  });
});

describe('deleteJar', () => {
  const refused = errors(400, 'File my.jar does not exist.');

  it('is done when the jar is gone', async () => {
    const { rest } = flinkWith({ 'DELETE /v1/jars/my.jar': refused, 'GET /v1/jars': ok({ files: [] }) });

    await expect(rest.deleteJar('my.jar')).resolves.toBeUndefined();
  });

  it('fails when the jar stays', async () => {
    const { rest } = flinkWith({
      'DELETE /v1/jars/my.jar': refused,
      'GET /v1/jars': ok({ files: [{ id: 'my.jar' }] }),
    });

    await expect(rest.deleteJar('my.jar')).rejects.toMatchObject({ code: 'target-refused' });
  });
});

describe('cancel', () => {
  const cancelOf = (answer: RestResponse, more: Routes = {}) =>
    flinkWith({ [`PATCH /v1/jobs/${jobId}?mode=cancel`]: answer, ...more }).rest.cancelJob(jobId);

  it('is accepted for a live job', async () => {
    await expect(cancelOf(ok({}, 202))).resolves.toEqual({ status: 'accepted' });
  });

  it('says how the job had ended', async () => {
    const cancelled = cancelOf(errors(409, 'Job cancellation failed …'), {
      [`GET /v1/jobs/${jobId}/status`]: ok({ status: 'FINISHED' }),
    });

    await expect(cancelled).resolves.toEqual({ status: 'ended', state: 'FINISHED' });
  });

  it('says that there is no such job', async () => {
    await expect(cancelOf(errors(404, 'Job could not be found.'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('rootCause', () => {
  const causeOf = (entries: readonly unknown[]) =>
    flinkWith({
      [`GET /v1/jobs/${jobId}/exceptions`]: ok({ exceptionHistory: { entries, truncated: false } }),
    }).rest.getRootCause(jobId);

  it('is the deepest cause of the latest failure, in one line', async () => {
    const stacktrace = trace(
      'org.apache.flink.runtime.JobException: Recovery is suppressed',
      'Caused by: java.lang.ArithmeticException: / by zero\nmore',
    );

    await expect(
      causeOf([
        { exceptionName: 'a.B', stacktrace },
        { exceptionName: 'older', stacktrace: '' },
      ]),
    ).resolves.toBe('ArithmeticException: / by zero');
  });

  it('is none for a job that did not fail', async () => {
    await expect(causeOf([])).resolves.toBeUndefined();
  });
});

describe('stop with savepoint', () => {
  const triggerId = 'b'.repeat(32);
  const stop = `POST /v1/jobs/${jobId}/stop`;
  const poll = `GET /v1/jobs/${jobId}/savepoints/${triggerId}`;

  it('names the savepoint itself, so that a repetition is the same one', async () => {
    const { rest, requests } = flinkWith({ [stop]: ok({ 'request-id': triggerId }, 202) });

    await rest.stopWithSavepoint(jobId, { directory: 's3://b/x', triggerId });

    expect(requests[0]?.json).toEqual({
      targetDirectory: 's3://b/x',
      drain: false,
      formatType: 'CANONICAL',
      triggerId,
    });
  });

  it('fails where no directory is known', async () => {
    const { rest } = flinkWith({
      [stop]: errors(
        400,
        'org.apache.flink.runtime.rest.handler.RestHandlerException: Config key [execution.checkpointing.savepoint-dir] is not set.',
      ),
    });

    await expect(rest.stopWithSavepoint(jobId, { triggerId })).rejects.toMatchObject({
      code: 'savepoint-failed',
      message: `Flink refused a savepoint of job ${jobId}: Config key [execution.checkpointing.savepoint-dir] is not set.`,
    });
  });

  it.each([
    [{ status: { id: 'IN_PROGRESS' }, operation: null }, { status: 'in-progress' }],
    [
      { status: { id: 'COMPLETED' }, operation: { location: 's3://b/x/sp-1' } },
      { status: 'completed', location: 's3://b/x/sp-1' },
    ],
    [
      {
        status: { id: 'COMPLETED' },
        operation: {
          'failure-cause': { class: 'a.B', 'stack-trace': trace('a.B: outer', 'Caused by: c.D: not running') },
        },
      },
      { status: 'failed', cause: 'D: not running' },
    ],
  ])('tells how far it got: %j', async (body, expected) => {
    const { rest } = flinkWith({ [poll]: ok(body) });

    await expect(rest.getSavepoint(jobId, triggerId)).resolves.toEqual(expected);
  });

  it('says that Flink does not know it', async () => {
    const { rest } = flinkWith({ [poll]: errors(404, 'There is no savepoint operation') });

    await expect(rest.getSavepoint(jobId, triggerId)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('savepoints and checkpoints', () => {
  const triggerId = 'b'.repeat(32);
  const polled = (what: string, body: unknown) =>
    flinkWith({ [`GET /v1/jobs/${jobId}/${what}/${triggerId}`]: ok(body) });

  it('asks for a savepoint in the words that Flink has for it', async () => {
    const path = `/v1/jobs/${jobId}/savepoints`;
    const { rest, requests } = flinkWith({ [`POST ${path}`]: ok({ 'request-id': triggerId }, 202) });

    await rest.takeSavepoint(jobId, { directory: 's3://b/sp', format: 'NATIVE', triggerId, cancelJob: true });

    expect(requests).toMatchObject([
      { json: { 'target-directory': 's3://b/sp', 'cancel-job': true, formatType: 'NATIVE', triggerId } },
    ]);
  });

  it.each([
    [{ status: { id: 'IN_PROGRESS' }, operation: null }, { status: 'in-progress' }],
    [
      { status: { id: 'COMPLETED' }, operation: { checkpointId: 7 } },
      { status: 'completed', checkpointId: 7 },
    ],
    [
      {
        status: { id: 'COMPLETED' },
        operation: { failureCause: { class: 'a.B', 'stack-trace': 'a.b.Outer: x\nCaused by: a.b.Inner: no room' } },
      },
      { status: 'failed', cause: 'Inner: no room' },
    ],
  ])('reads how far a checkpoint got: %j', async (body, expected) => {
    const { rest } = polled('checkpoints', body);

    await expect(rest.getCheckpoint(jobId, triggerId)).resolves.toEqual(expected);
  });

  it('takes what is neither complete nor failed for no answer of Flink', async () => {
    const { rest } = polled('savepoints', { status: { id: 'COMPLETED' }, operation: null });

    await expect(rest.getSavepoint(jobId, triggerId)).rejects.toMatchObject({ code: 'target-refused' });
  });

  it.each([
    [
      ok({ latest: { savepoint: { external_path: 's3://b/sp', checkpoint_type: 'SAVEPOINT' } } }),
      { location: 's3://b/sp', isFromStop: false },
    ],
    [
      ok({ latest: { savepoint: { external_path: 's3://b/sp', checkpoint_type: 'SYNC_SAVEPOINT' } } }),
      { location: 's3://b/sp', isFromStop: true },
    ],
    [ok({ latest: { savepoint: null } }), undefined],
    [errors(404, 'Checkpointing was not enabled for job'), undefined],
  ])('reads where the latest savepoint is, if there is one, and whether a stop took it', async (answer, expected) => {
    const { rest } = flinkWith({ [`GET /v1/jobs/${jobId}/checkpoints`]: answer });

    await expect(rest.getLatestSavepoint(jobId)).resolves.toEqual(expected);
  });

  it.each([
    [{ status: { id: 'COMPLETED' }, operation: {} }, { status: 'completed' }],
    [{ status: { id: 'COMPLETED' } }, { status: 'completed' }],
    [
      { status: { id: 'COMPLETED' }, operation: { 'failure-cause': { class: 'a.B', 'stack-trace': 'a.B: no file' } } },
      { status: 'failed', cause: 'B: no file' },
    ],
  ])('disposes of a savepoint: %j', async (body, expected) => {
    const { rest, requests } = flinkWith({
      'POST /v1/savepoint-disposal': ok({ 'request-id': triggerId }),
      [`GET /v1/savepoint-disposal/${triggerId}`]: ok(body),
    });

    const named = await rest.disposeSavepoint('s3://b/sp');

    await expect(rest.getDisposal(named)).resolves.toEqual(expected);
    expect(requests[0]).toMatchObject({ json: { 'savepoint-path': 's3://b/sp' } });
  });

  it('brings the plan of a program', async () => {
    const { rest } = flinkWith({ 'POST /v1/jars/x.jar/plan': ok({ plan: { nodes: [] } }) });

    await expect(rest.getJobPlan('x.jar', {})).resolves.toEqual({ nodes: [] });
  });
});
