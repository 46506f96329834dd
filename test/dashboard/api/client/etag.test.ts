import createClient from 'openapi-fetch';
import { describe, expect, it } from 'vitest';

import { api, unwrap } from '../../../../dashboard/api/client/client.ts';
import { revalidate } from '../../../../dashboard/api/client/etag.ts';
import type { paths } from '../../../../dashboard/api/schema.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { makeTarget } from '../../support/fixtures.ts';

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

describe('the answers that are kept', () => {
  const path = '/v1/targets/{target}' as const;
  const logs = '/v1/targets/{target}/clusters/{clusterId}/logs' as const;

  /** A client that keeps two answers, and what it sent. Each call takes the next answer. */
  const startClient = (answers: (Response | Promise<Response>)[]) => {
    const sent: (string | null)[] = [];
    const client = createClient<paths>({
      baseUrl: location.origin,
      fetch: async (request) => {
        sent.push(request.headers.get('If-None-Match'));
        return answers.shift() ?? Response.error();
      },
    });
    client.use(revalidate(2));
    const read = async (target: string): Promise<unknown> =>
      (await client.GET(path, { params: { path: { target } } })).data;
    return { client, sent, read };
  };
  const answer = (body: string, etag = `"${body}"`) => Response.json(body, { headers: { ETag: etag } });
  const unchanged = () => new Response(null, { status: 304 });

  it('are those of the request, also when another one is answered in between', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const { read } = startClient([answer('1'), promise, answer('2')]);
    await read('a');

    const late = read('a');
    expect(await read('a')).toBe('2');
    resolve(unchanged());

    expect(await late).toBe('1');
  });

  it('stay when a call fails', async () => {
    const { read, sent } = startClient([answer('1'), Response.json({}, { status: 503 }), unchanged()]);

    await read('a');
    await read('a');

    expect(await read('a')).toBe('1');
    expect(sent).toEqual([null, '"1"', '"1"']);
  });

  it('go when they were not used for the longest time', async () => {
    const { read, sent } = startClient([answer('a'), answer('b'), unchanged(), answer('c'), unchanged(), answer('b')]);

    for (const target of ['a', 'b', 'a', 'c', 'a', 'b']) await read(target);

    expect(sent).toEqual([null, null, '"a"', null, '"a"', null]);
  });

  it('are no logs', async () => {
    const { client, sent } = startClient([answer('1'), answer('1')]);
    const params = { path: { target: 'a', clusterId: 'b' } };

    await client.GET(logs, { params });
    await client.GET(logs, { params });

    expect(sent).toEqual([null, null]);
  });
});
