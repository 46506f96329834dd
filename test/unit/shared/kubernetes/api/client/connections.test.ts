import { describe, expect, it } from 'vitest';

import { openClient } from '#shared/kubernetes/api/client.ts';

import { accessTo, clientFor, get, pems, policy, serve, signal, strangers, target } from './fixture.ts';

describe('a connection that is opened early', () => {
  it('is used by the next request, and opened once', async () => {
    const { client, seen, sockets } = await clientFor([{ status: 403 }, { status: 200 }]);

    await client.connect();
    await client.connect();
    await client.send(get);

    expect(seen.map(({ url }) => url)).toEqual(['/version', get.path]);
    expect(sockets.size).toBe(1);
  });
});

describe('a broken connection', () => {
  it('looks up the address again when the certificate does not match, and uses the new one', async () => {
    const { url } = await serve([{ status: 200 }]);
    const { access, forget, state } = accessTo(url, strangers.cert);
    forget.mockImplementation(() => {
      state.ca = pems.cert;
    });

    const answer = await openClient(target, { access, signal: signal(), policy }).send(get);

    expect(answer.status).toBe(200);
    expect(forget.mock.calls).toEqual([[target, 'address']]);
  });

  it('names the address that did not answer, and looks it up again', async () => {
    const { url, server } = await serve([]);
    await new Promise((done) => server.close(done));
    const { access, forget } = accessTo(url);

    const sent = openClient(target, { access, signal: signal(), policy }).send(get);

    await expect(sent).rejects.toMatchObject({
      code: 'target-unreachable',
      message: `EKS cluster analytics at ${url.host} cannot be reached (ECONNREFUSED).`,
    });
    expect(forget).toHaveBeenCalledWith(target, 'address');
  });

  it('is retried when it breaks during a request', async () => {
    let count = 0;
    const { client, forget } = await clientFor([], (request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else response.end('{}');
    });

    await client.send(get);

    expect(count).toBe(2);
    expect(forget).not.toHaveBeenCalled();
  });

  it('times out without a response', async () => {
    const { client } = await clientFor([], () => {});

    const sent = client.send({ ...get, timeoutMs: 30, repeatable: false });

    await expect(sent).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringContaining('no answer within 0.03 s') as string,
    });
  });
});
