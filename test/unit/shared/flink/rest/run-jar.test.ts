import { describe, expect, it } from 'vitest';

import type { RestResponse } from '#shared/flink/rest/transport/transport.ts';

import { couldNotExecute, errors, flinkWith, jobId, ok, onServer, type Routes, trace } from './fixture.ts';

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

  it('succeeds at a second run of the same id', async () => {
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
      'a statement of a script has a mistake',
      errors(
        400,
        trace(
          ...couldNotExecute,
          'Caused by: org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: null',
          'Caused by: java.lang.reflect.InvocationTargetException',
          'Caused by: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to execute the script.',
          'Caused by: org.apache.flink.table.api.SqlParserException: SQL parse failed. Encountered "o" at line 4, column 18.\nWas expecting one of:\n    <EOF> \n    "AS" ...',
          'Caused by: org.apache.calcite.sql.parser.SqlParseException: Encountered "o" at line 4, column 18.\nWas expecting one of:\n    <EOF>',
        ),
      ),
      'SqlParserException: SQL parse failed. Encountered "o" at line 4, column 18.',
    ],
    [
      'a statement of a script names an unknown column',
      errors(
        400,
        trace(
          ...couldNotExecute,
          "Caused by: org.apache.flink.table.api.ValidationException: SQL validation failed. From line 3, column 10 to line 3, column 13: Column 'nope' not found in any table",
          "Caused by: org.apache.calcite.runtime.CalciteContextException: From line 3, column 10 to line 3, column 13: Column 'nope' not found in any table",
          "Caused by: org.apache.calcite.sql.validate.SqlValidatorException: Column 'nope' not found in any table",
        ),
      ),
      "CalciteContextException: From line 3, column 10 to line 3, column 13: Column 'nope' not found in any table",
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
  ])('reports the exception of the program without a stack trace when %s', async (_, answer, message) => {
    const { rest } = run(answer);

    await expect(rest.runJar('my.jar', { jobId })).rejects.toMatchObject({ code: 'program-failed', message });
  });

  describe('without the jar', () => {
    const lost = errors(
      400,
      'org.apache.flink.runtime.rest.handler.RestHandlerException: Jar file /tmp/x/my.jar does not exist',
    );
    const noJars = { 'GET /v1/jars': ok({ address: '', files: [] }) };

    it('requests another upload when the job is unknown', async () => {
      const { rest } = run(lost, { ...noJars, [`GET /v1/jobs/${jobId}/status`]: unknownJob });

      await expect(rest.runJar('my.jar', { jobId })).rejects.toMatchObject({ code: 'not-ready' });
    });

    it('succeeds when the job is known', async () => {
      const { rest } = run(lost, { ...noJars, [`GET /v1/jobs/${jobId}/status`]: ok({ status: 'RUNNING' }) });

      await expect(rest.runJar('my.jar', { jobId })).resolves.toBe('already-submitted');
    });
  });

  it('reports a failure of Flink itself as retryable', async () => {
    const { rest } = run(
      errors(500, 'Internal server error.', onServer(trace('java.util.concurrent.TimeoutException: Ask timed out'))),
    );

    await expect(rest.runJar('my.jar', { jobId })).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringContaining('TimeoutException: Ask timed out') as string,
    });
  });
});
