import { describe, expect, it } from 'vitest';

import type { Operation } from '#events/records/operation.ts';
import { sessionJob } from '#test/unit/cli/input/flink-operator/fixture.ts';
import { problem, type Received, type Replies, type Reply } from '#test/unit/cli/loopback-api.ts';
import { id, operationAt } from '#test/unit/cli/operation-fixture.ts';
import { clusterAt, jobsAt, newOperation, session, useResources } from '#test/unit/cli/resource-fixture.ts';

const { server, jarFile, apply, post } = useResources();
const submits = () => post().filter(({ path }) => path === `${session}/jobs`);

const submit = (digit: string, state: Operation['state']): Operation =>
  newOperation({
    operationId: id(digit),
    kind: 'submit',
    jobId: id(digit),
    state,
    ...(state === 'FAILED'
      ? {
          problem: {
            type: 'docs/problems.md#program-failed',
            title: 'Program failed',
            status: 422,
            code: 'program-failed',
            detail: `Submit ${digit} failed.`,
            retryable: false,
          },
        }
      : {}),
  });

/** An API that keeps idempotency keys, and a session on which Flink lists no job. Each upload has another address. */
const serve = (...ends: readonly Operation[]): Replies => {
  const known = new Map<string, { readonly body: string; readonly end: Operation }>();
  let uploads = 0;
  const answerSubmit = ({ headers, body }: Received): Reply => {
    const [key, text] = [String(headers['idempotency-key']), body.toString()];
    const earlier = known.get(key);
    if (earlier?.body === text) return { status: 202, body: { operation: earlier.end } };
    if (earlier !== undefined)
      return problem('key-reused', 422, 'The key is reused.', { operationId: earlier.end.operationId });
    const end = ends[known.size];
    if (end === undefined) return problem('internal', 500, 'No further submit was expected.');
    known.set(key, { body: text, end });
    return { status: 202, body: { operation: { ...end, state: 'IN_PROGRESS', problem: undefined } } };
  };
  const answerUpload = (): Reply => {
    uploads += 1;
    const url = `${server.origin}/bucket/x.jar`;
    return { status: 201, body: { jar: `s3://bucket/uploads/${uploads}.jar`, url, headers: {} } };
  };
  return {
    ...clusterAt(),
    ...jobsAt(),
    ...Object.assign({}, ...ends.map(operationAt)),
    'POST /v1/targets/local/uploads': answerUpload,
    'PUT /bucket/x.jar': {},
    [`POST ${session}/jobs`]: answerSubmit,
  };
};

describe.each([
  ['a jar of this machine', jarFile],
  ['a jar that is uploaded', 's3://bucket/uploads/clicks.jar'],
])('a FlinkSessionJob with %s', (_what, jarURI) => {
  const clicks = sessionJob({ jarURI });

  it.each(['FAILED', 'CANCELED'] as const)('starts again after a failed submit: %s', async (state) => {
    const replies = serve(submit('1', state), submit('2', state), submit('3', 'SUCCEEDED'));
    const first = await apply(replies, [clicks]);
    const second = await apply(replies, [clicks]);
    const third = await apply(replies, [clicks]);

    expect([first.code, second.code]).toEqual([1, 1]);
    expect(second.stderr.includes('Submit 2 failed.')).toBe(state === 'FAILED');
    expect(third).toMatchObject({
      code: 0,
      stdout: `FlinkSessionJob/default/clicks runs as job ${id('3')}.\n`,
    });
  });

  it('is submitted once while its submit is in progress', async () => {
    const replies = serve(submit('1', 'IN_PROGRESS'));
    await apply(replies, [clicks], ['--no-wait']);
    const { code, stdout } = await apply(replies, [clicks], ['--no-wait']);

    expect(code).toBe(0);
    expect(stdout).toContain(`Operation ${id('1')} is IN_PROGRESS.`);
    expect(submits()).toHaveLength(1);
  });
});
