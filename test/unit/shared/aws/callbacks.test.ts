import { describe, expect, it } from 'vitest';

import { Fault, toProblem } from '#events/problems/problem.ts';
import { openCallbacks } from '#shared/aws/callbacks.ts';
import { AwsError } from '#shared/aws/transport/errors.ts';

const sfn = (name: string, status = 400) => new AwsError(name, { status });

/** A client that fails with an error, or succeeds, and the requests that it was sent. */
const clientOf = (error?: Error) => {
  const sent: { readonly name: string; readonly input: unknown }[] = [];
  const call = async (name: string, input: unknown) => {
    sent.push({ name, input });
    if (error !== undefined) throw error;
    return {};
  };
  return { sent, callbacks: openCallbacks(call) };
};

const at = '2026-11-23T12:00:00.000Z';
const principal = 'sqs:AIDABOB';
const finished = {
  operationId: 'a',
  kind: 'deploy',
  target: 'local',
  clusterId: 'etl',
  principal,
  verdict: 'FINISHED',
  at,
} as const;

describe('the completion of a Step Functions task', () => {
  it('is a success when every command FINISHED', async () => {
    const { callbacks, sent } = clientOf();

    expect(await callbacks.complete('token', finished)).toBe(true);
    expect(sent).toEqual([
      { name: 'states:SendTaskSuccess', input: { taskToken: 'token', output: JSON.stringify(finished) } },
    ]);
  });

  it('is a failure with the problem when the command was rejected', async () => {
    const { callbacks, sent } = clientOf();
    await callbacks.complete('token', {
      id: 'm',
      principal,
      problem: toProblem(new Fault('over-limit', 'too much')),
      at,
    });

    expect(sent).toMatchObject([
      {
        name: 'states:SendTaskFailure',
        input: { taskToken: 'token', error: 'FAILED', cause: expect.stringContaining('too much') },
      },
    ]);
  });

  it.each([
    'TaskTimedOut',
    'TaskDoesNotExist',
    'InvalidToken',
    'InvalidOutput',
    'ValidationException',
    'AccessDeniedException',
    'KmsAccessDeniedException',
    'KmsInvalidStateException',
  ])('is abandoned after %s, so that it does not delay others', async (name) => {
    expect(await clientOf(sfn(name)).callbacks.complete('token', finished)).toBe(false);
  });

  it.each(['ThrottlingException', 'KmsThrottlingException'])('is retried after %s', async (name) => {
    await expect(clientOf(sfn(name)).callbacks.complete('token', finished)).rejects.toMatchObject({
      code: 'limit-reached',
    });
  });

  it.each([sfn('InternalServerError', 500), new Error('the connection was closed')])(
    'is retried after %s',
    async (error) => {
      await expect(clientOf(error).callbacks.complete('token', finished)).rejects.toBe(error);
    },
  );
});
