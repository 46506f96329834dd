import { describe, expect, it } from 'vitest';

import { openClient } from '#shared/kubernetes/api/client.ts';

import { accessTo, clientFor, get, pems, policy, serve, signal, strangers, target } from './fixture.ts';

describe('a broken connection', () => {
  it('asks for the address again when the certificate does not fit, and uses what comes', async () => {
    const { url } = await serve([{ status: 200 }]);
    const { access, forget, state } = accessTo(url, strangers.cert);
    forget.mockImplementation(() => {
      state.ca = pems.cert;
    });

    const answer = await openClient(target, { access, signal: signal(), policy }).send(get);

    expect(answer.status).toBe(200);
    expect(forget.mock.calls).toEqual([[target, 'address']]);
  });

  it('says where nobody answered, and asks for the address again', async () => {
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

  it('is repeated when it breaks under a request', async () => {
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

  it('has an end when no answer comes', async () => {
    const { client } = await clientFor([], () => {});

    const sent = client.send({ ...get, timeoutMs: 30, repeatable: false });

    await expect(sent).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringContaining('no answer within 0.03 s') as string,
    });
  });
});
