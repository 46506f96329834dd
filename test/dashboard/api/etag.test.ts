import { describe, expect, it } from 'vitest';

import { api, unwrap } from '../../../dashboard/api/client.ts';
import { fakeApi } from '../support/fake-api.ts';
import { makeTarget } from '../support/fixtures.ts';

const list = (limit: number) => unwrap(api.GET('/v1/targets', { params: { query: { limit } } }));

describe('a list that is read again', () => {
  it('is asked for with its ETag, and a 304 answers what was read last', async () => {
    const { sent } = fakeApi({
      'GET /v1/targets': ({ headers }) =>
        headers.get('If-None-Match') === '"1"'
          ? new Response(null, { status: 304 })
          : Response.json({ targets: [makeTarget()] }, { headers: { ETag: '"1"' } }),
    });

    const answers = [await list(11), await list(11), await list(11)];

    expect(answers).toEqual(answers.map(() => ({ targets: [makeTarget()] })));
    expect(sent.map(({ headers }) => headers.get('If-None-Match'))).toEqual([null, '"1"', '"1"']);
  });

  it('is asked for in full when the last answer had no ETag', async () => {
    const { sent } = fakeApi();

    await list(12);
    await list(12);

    expect(sent.map(({ headers }) => headers.get('If-None-Match'))).toEqual([null, null]);
  });

  it('does not share its ETag with another page', async () => {
    const { sent } = fakeApi({
      'GET /v1/targets': () => Response.json({ targets: [] }, { headers: { ETag: '"1"' } }),
    });

    await list(13);
    await list(14);

    expect(sent.map(({ headers }) => headers.get('If-None-Match'))).toEqual([null, null]);
  });
});
