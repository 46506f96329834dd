import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { Operation } from '#events/records/operation.ts';

import { known, message, send, spec, stopAfterAll } from '../support/queue-messages.ts';
import { call, clusterPath, deploy, freshId, readEvents, system, unschedulable, until } from '../support/system.ts';

const started = stopAfterAll();

/** Keys of Drey's own commands: those of lifetimes, schedules, the reconciler, batches and redriven commands. */
const ownKeys = [
  'drey:lifetime/etl/0/1',
  'drey:schedule/evening/2026-11-23T19:00:00.000Z/etl',
  'drey:stop-again/etl/0',
  'drey:deployment-deleted/etl/0',
  'drey:application-ended/etl/0',
  'drey:batch/0/0',
  'drey:redriven/0',
];

const exists = async (clusterId: string) => (await call('GET', clusterPath(clusterId))).status === 200;

/** Sends a message and waits until it is rejected. Returns its problem. */
const sendRejected = async (
  body: ReturnType<typeof message> & Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, string>> = {},
) => {
  const correlationId = randomUUID();
  await send({ ...body, data: { ...(body.data as object), correlationId } }, body.subject, attributes);
  const event = await until(
    async () =>
      readEvents().find(
        (one) => one['detail-type'] === 'Flink Command Rejected' && one.detail['correlationId'] === correlationId,
      ),
    (found) => found !== undefined,
  );
  return event?.detail['problem'];
};

describe('keys of Drey', () => {
  it.each(ownKeys)('a request may not have the key %s', async (key) => {
    const clusterId = freshId('key');
    const answer = await deploy({ ...spec, clusterId }, { 'idempotency-key': key });

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/idempotency-key' }] } });
    expect(await exists(clusterId)).toBe(false);
  });

  it.each(ownKeys)('a message may not have the id %s', async (key) => {
    const clusterId = freshId('key');

    expect(await sendRejected(message('deploy', clusterId, spec, key))).toMatchObject({ errors: [{ pointer: '/id' }] });
    expect(await exists(clusterId)).toBe(false);
  });

  it('a message may not have such a key beside another id', async () => {
    const clusterId = freshId('key');
    const body = { ...message('deploy', clusterId, spec), idempotencykey: 'drey:redriven/0' };

    expect(await sendRejected(body)).toMatchObject({ errors: [{ pointer: '/idempotencykey' }] });
    expect(await exists(clusterId)).toBe(false);
  });

  it.each(['request', 'message'])('a %s may not depend on such a key', async (origin) => {
    const clusterId = freshId('key');
    const data = { ...spec, dependsOn: ['drey:lifetime/etl/0/1'] };
    const problem =
      origin === 'request'
        ? (await deploy({ ...data, clusterId })).body
        : await sendRejected(message('deploy', clusterId, data));

    expect(problem).toMatchObject({ errors: [{ pointer: '/dependsOn/0' }] });
  });

  it('a row of a batch may not depend on such a key', async () => {
    const template = { mode: 'application', job: { jar: 'local:///a.jar' }, dependsOn: ['drey:x'] };
    const body = { name: freshId('days'), template, parameters: [{}] };

    expect(await call('POST', `/v1/targets/${system.target}/batches`, body)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/template/dependsOn/0' }] },
    });
  });

  it('a caller who takes the former key of a row does not keep the row from its deploy', async () => {
    const [name, other] = [freshId('days'), freshId('other')];
    const template = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/etl.jar' }, config: unschedulable };
    const batches = `/v1/targets/${system.target}/batches`;
    const { body } = await call<{ operation: Operation }>('POST', batches, { name, template, parameters: [{}] });
    started.push(`${name}-0`, other);
    const { operationId } = body.operation;
    await deploy({ ...spec, clusterId: other }, { 'idempotency-key': `${operationId}/0` });
    await known(`${name}-0`);

    expect((await call('GET', clusterPath(`${name}-0`))).body).toMatchObject({ mode: 'application' });
  });
});

describe('messages that claim to be of Drey', () => {
  it.each(['operationid', 'batchid', 'batchindex'])('a body may not have %s', async (member) => {
    const clusterId = freshId('claim');
    const body = { ...message('deploy', clusterId, spec), [member]: '0'.repeat(32) };

    expect(await sendRejected(body)).toMatchObject({ errors: [{ pointer: `/${member}` }] });
    expect(await exists(clusterId)).toBe(false);
  });

  it.each(['', 'token', '00000000-0000-0000-0000-000000000000'])(
    'a message without the secret of a batch ends none of its rows: %j',
    async (token) => {
      const name = freshId('days');
      const template = {
        mode: 'application',
        job: { jar: 'local:///opt/flink/usrlib/etl.jar' },
        config: unschedulable,
      };
      const batches = `/v1/targets/${system.target}/batches`;
      const { body } = await call<{ operation: Operation }>('POST', batches, { name, template, parameters: [{}, {}] });
      started.push(`${name}-0`, `${name}-1`);
      const { operationId: batchId } = body.operation;
      const own = JSON.stringify({ token, batchItem: { batchId, batchIndex: 0 } });
      const forged = { ...message('deploy', `${name}-0`, { mode: 'session' }), specversion: '0.9' };
      await sendRejected(forged, { own, principal: 'drey:reconcile' });
      await known(`${name}-1`);

      expect((await call('GET', `/v1/targets/${system.target}/operations/${batchId}`)).body).toMatchObject({
        state: 'IN_PROGRESS',
      });
      expect((await call('GET', `/v1/targets/${system.target}/operations/${batchId}/items`)).body).toMatchObject({
        batchItems: [expect.not.objectContaining({ verdict: 'FAILED' }), expect.anything()],
      });
    },
  );

  it('no answer has the secret of an operation', async () => {
    const clusterId = freshId('secret');
    started.push(clusterId);
    const { body } = await deploy({ ...spec, clusterId });
    const read = await call('GET', `/v1/targets/${system.target}/operations/${body.operation.operationId}`);

    expect(JSON.stringify([body, read.body])).not.toContain('messageToken');
  });
});
