import { beforeEach, describe, expect, it } from 'vitest';

import { operationHandler } from '#functions/operation.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { origins } from '#test/fakes/origins.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { callQueue } from '#test/unit/shared/clusters/admission/fixture.ts';
import { clusterId, getLastOperation, limitTarget, session, world } from '#test/unit/shared/clusters/fixture.ts';

/** Calls a route of an operation, in a target. */
const read = (target: string, operationId: string, part = '') =>
  callHandler(
    operationHandler(world.ports),
    makeHttpEvent(`GET /v1/targets/{target}/operations/{operationId}${part}`, { target, operationId }),
  );

beforeEach(() => {
  world.targets.known.set('other', { ...plainTarget, namespace: 'other' });
  limitTarget({ limits: { clusters: 1 } });
});

describe.each(origins)('an operation of target local, from %s', (_origin, send) => {
  it('is answered to who names its target', async () => {
    await send('deploy', { clusterId, data: session }, world);
    const { operationId = '' } = getLastOperation() ?? {};

    expect(await read('local', operationId)).toMatchObject({ status: 200, body: { operationId, target: 'local' } });
  });

  it.each(['', '/items'])('does not exist in another target (%s)', async (part) => {
    const template = { mode: 'application', job: { jar: 'local:///a.jar', args: ['${param.day}'] } };
    const batch = { name: 'days', template, parameters: [{ day: '1' }] };
    await send('batch', { data: batch }, world);
    const { operationId = '' } = getLastOperation() ?? {};

    expect((await read('local', operationId, part)).status).toBe(200);
    const foreign = await read('other', operationId, part);
    const unknown = await read('other', '0'.repeat(32), part);
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(JSON.stringify(foreign.body)).toBe(JSON.stringify(unknown.body).replaceAll('0'.repeat(32), operationId));
  });

  it('cannot be changed through the queue of another target', async () => {
    await send('deploy', { clusterId, data: session }, world);
    await send('deploy', { clusterId: 'second', data: session }, world);
    const { operationId = '', state } = getLastOperation() ?? {};
    expect(state).toBe('QUEUED');
    const foreign = { target: 'other', operationId };

    for (const answer of [
      await callQueue('PUT', '/{operationId}', foreign, { priority: 5 }),
      await callQueue('POST', '/{operationId}/cancel', foreign),
    ])
      expect(answer).toMatchObject({
        status: 404,
        body: { detail: `Target other has no operation ${operationId}.` },
      });
    expect(getLastOperation()).toMatchObject({ state: 'QUEUED' });
  });

  it('is named under its target by its problem', async () => {
    await send('deploy', { clusterId, data: session }, world);
    await send('deploy', { clusterId: 'second', data: session }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    await callQueue('POST', '/{operationId}/cancel', { operationId });

    expect((await read('local', operationId)).body).toMatchObject({
      problem: { code: 'canceled', instance: `/v1/targets/local/operations/${operationId}` },
    });
  });
});
