import type { AwsCredentialIdentity } from '@smithy/types';
import { beforeAll, describe, expect, it } from 'vitest';

import { access, openRoutes } from '#events/http/access.ts';

import { allowRoutes, createCaller } from '../support/callers.ts';
import { call, freshId, signedBy, system } from '../support/system.ts';

const other = freshId('other');

/** Every route that needs a signature, as method and path. Those with a target lead to the target of another team. */
const routes = Object.keys(access)
  .filter((route) => !openRoutes.includes(route))
  .map((route): readonly [method: string, path: string] => {
    const [method = '', path = ''] = route.split(' ');
    return [method, path.replace('{target}', other).replaceAll(/\{\w+\+?\}/g, 'etl')];
  });

describe('calls without permission', () => {
  const own = `v1/targets/${system.target}`;
  let caller: AwsCredentialIdentity;
  beforeAll(async () => {
    caller = await createCaller([allowRoutes(`*/${own}`, `*/${own}/*`)]);
  });

  it('a team may call the routes of its own target', async () => {
    expect((await signedBy(caller)('GET', `/${own}/clusters`)).status).toBe(200);
  });

  it.each(routes)('a team may not call %s %s', async (method, path) => {
    const answer = await signedBy(caller)(method, path, method === 'GET' ? undefined : {});

    expect(answer.status).toBe(403);
  });

  it.each(routes)('nobody calls %s %s without a signature', async (method, path) => {
    const answer = await fetch(`${system.apiUrl}${path}`, method === 'GET' ? {} : { method, body: '{}' });

    expect(answer.status).toBe(403);
  });

  it('an access key that does not exist is refused', async () => {
    const unknown = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'unknown' };

    expect((await signedBy(unknown)('GET', '/v1/targets')).status).toBe(403);
  });

  it('a wrong secret key is refused', async () => {
    expect((await signedBy({ ...caller, secretAccessKey: 'wrong' })('GET', `/${own}/clusters`)).status).toBe(403);
  });

  it.each(['..', '%2e%2e', '.', '%2F..', '..;'])('a path with %s does not lead to another target', async (dots) => {
    const answer = await signedBy(caller)('GET', `/${own}/${dots}/${other}/clusters`);

    expect([400, 403, 404]).toContain(answer.status);
  });

  it('the names of targets that are paths are refused', async () => {
    const answer = await call('PUT', `/v1/targets/${encodeURIComponent('../etl')}`, {});

    expect([400, 404]).toContain(answer.status);
  });
});
