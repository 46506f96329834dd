import { describe, expect, it } from 'vitest';

import { parseEnvelope } from '#events/message.ts';

describe('the envelope of a message', () => {
  it('has the attributes of the message, and the correlation id and task token of its data', () => {
    const body = {
      specversion: '1.0',
      id: 'one',
      type: 'drey.command.deploy.v1',
      subject: 'targets/etl/clusters/nightly',
      idempotencykey: 'key',
      data: { mode: 'session', correlationId: 'mine', taskToken: 'token' },
    };

    expect(parseEnvelope(JSON.stringify(body))).toEqual({
      id: 'one',
      type: 'drey.command.deploy.v1',
      subject: 'targets/etl/clusters/nightly',
      idempotencykey: 'key',
      correlationId: 'mine',
      taskToken: 'token',
    });
  });

  it('has the valid members of a message with invalid ones', () => {
    const body = { id: 1, idempotencykey: 'x'.repeat(201), subject: 'targets/etl', type: {}, data: { taskToken: '' } };

    expect(parseEnvelope(JSON.stringify(body))).toEqual({ subject: 'targets/etl' });
  });

  it.each(['not JSON', '', 'null', '[]', '"text"', '7'])('of %j is empty', (body) => {
    expect(parseEnvelope(body)).toEqual({});
  });
});
