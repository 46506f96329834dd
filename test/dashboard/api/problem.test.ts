import { describe, expect, it } from 'vitest';

import { api, unwrap } from '../../../dashboard/api/client.ts';
import { ApiError, readProblem } from '../../../dashboard/api/problem.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeProblem } from '../support/fixtures.ts';

const readTargets = () => unwrap(api.GET('/v1/targets', { params: { query: { limit: 1 } } })).catch((error) => error);

describe('a failed call', () => {
  it('has the title, detail, operation ID and way out of its problem', async () => {
    const problem = makeProblem({ operationId: 'op-1' });
    fakeApi({ 'GET /v1/targets': () => answerProblem(problem) });

    const error: ApiError = await readTargets();

    expect(error).toBeInstanceOf(ApiError);
    expect(error.details).toMatchObject({ title: 'Not found', detail: problem.detail, operationId: 'op-1' });
    expect(error.wayOut).toBe('List what exists with `drey targets`, `drey clusters` or `drey list`.');
    expect(error.isRetryable).toBe(false);
  });

  it('without an answer says to start the server again, and may be retried', async () => {
    fakeApi({
      'GET /v1/targets': () => {
        throw new TypeError('Failed to fetch');
      },
    });

    const error: ApiError = await readTargets();

    expect(error.details).toMatchObject({ status: 0, title: 'No answer' });
    expect(error.wayOut).toContain('Start `drey dashboard` again');
    expect(error.isRetryable).toBe(true);
  });

  it.each([
    [403, { message: 'Forbidden' }, 'Access denied', 'Forbidden'],
    [500, '<html>', 'HTTP status 500', '<html>'],
    [502, undefined, 'HTTP status 502', 'The answer has no description.'],
  ])('with status %i and the body %j has the title %s', (status, body, title, detail) => {
    expect(readProblem(status, body).details).toMatchObject({ status, title, detail });
  });

  it('of a session that has ended says which address to open', () => {
    const error = readProblem(401, { title: 'No session', detail: 'The cookie is missing.' });

    expect(error.wayOut).toContain('`drey dashboard` printed');
  });
});
