import { describe, expect, it } from 'vitest';

import { api, unwrap } from '../../../../dashboard/api/client/client.ts';
import { ApiError, readProblem } from '../../../../dashboard/api/client/problem.ts';
import { answerProblem, fakeApi } from '../../support/fake-api.ts';
import { makeProblem } from '../../support/fixtures.ts';

const readTargets = () => unwrap(api.GET('/v1/targets', { params: { query: { limit: 1 } } })).catch((error) => error);

describe('a failed call', () => {
  it('has the title, detail, operation ID and way out of its problem', async () => {
    const problem = makeProblem({ operationId: 'op-1' });
    fakeApi({ 'GET /v1/targets': () => answerProblem(problem) });

    const error: ApiError = await readTargets();

    expect(error).toBeInstanceOf(ApiError);
    expect(error.details).toMatchObject({ title: 'Not found', detail: problem.detail, operationId: 'op-1' });
    expect(error.wayOut).toBe('It may have been removed, or the address has a mistake.');
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
    expect(error.wayOut).toContain('Run `drey dashboard` again');
    expect(error.isRetryable).toBe(true);
  });

  it.each([
    [403, { message: 'Forbidden' }, 'Access denied', 'Forbidden'],
    [500, '<html>', 'HTTP status 500', '<html>'],
    [502, undefined, 'HTTP status 502', 'The answer has no description.'],
  ])('with status %i and the body %j has the title %s', (status, body, title, detail) => {
    expect(readProblem(status, body).details).toMatchObject({ status, title, detail });
  });

  it('of a page that was not opened by its address says to open one', () => {
    const error = readProblem(401, { title: 'Not opened', detail: 'Open the address.', code: 'not-opened' });

    expect(error.wayOut).toBe('Run `drey dashboard` again, and open the address that it prints.');
  });

  it('of a token that has expired says to renew it', () => {
    const error = readProblem(401, { message: 'Unauthorized' });

    expect(error.details).toMatchObject({ title: 'Access denied', detail: 'Unauthorized' });
    expect(error.wayOut).toContain('Renew them, and run `drey dashboard` again.');
  });
});
