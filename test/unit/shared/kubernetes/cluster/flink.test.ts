import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';

import { type Handler, kubernetesWith } from './fixture.ts';

describe('flink', () => {
  const status = (code: number, reason: string) => ({
    status: code,
    body: { kind: 'Status', code, reason, message: 'words' },
  });
  const ask = (answer: ReturnType<Handler>) =>
    kubernetesWith(() => answer).kubernetes.flink('my')({ method: 'GET', path: '/v1/overview' });

  it('uses the service proxy, and retries no POST', async () => {
    const { kubernetes, sent } = kubernetesWith(() => ({ status: 200, body: { jobid: 'x' } }));

    const answer = await kubernetes.flink('my')({ method: 'POST', path: '/v1/jars/a.jar/run', json: {} });

    expect(answer).toEqual({ status: 200, body: { jobid: 'x' } });
    expect(sent).toMatchObject([
      { path: '/api/v1/namespaces/flink/services/my-rest:rest/proxy/v1/jars/a.jar/run', repeatable: false },
    ]);
  });

  it.each([404, 409, 500, 503])('returns a %i of Flink', async (code) => {
    const body = { errors: ['words'] };

    await expect(ask({ status: code, body })).resolves.toEqual({ status: code, body });
  });

  it.each([
    ['no Service', status(404, 'NotFound'), 'not-found'],
    ['no ready JobManager', status(503, 'ServiceUnavailable'), 'target-unreachable'],
    ['a proxy that says so in plain words', { status: 502, body: 'Bad Gateway' }, 'target-unreachable'],
    ['no right to the proxy', status(403, 'Forbidden'), 'target-refused'],
  ])('fails when there is %s', async (_, answer, code) => {
    await expect(ask(answer)).rejects.toMatchObject({ code });
    await expect(ask(answer)).rejects.toBeInstanceOf(Fault);
  });
});
