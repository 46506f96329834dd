import { expect, it } from 'vitest';

import { uploadsHandler } from '#functions/uploads.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { makeWorld } from '#test/fakes/world.ts';

it('a presigned URL is answered with the time at which it expires', async () => {
  const { ports } = makeWorld();
  const body = { name: 'job.jar', bytes: 10 };
  const event = makeHttpEvent('POST /v1/targets/{target}/uploads', { target: 'local' }, { body });

  const answer = await callHandler(uploadsHandler(ports), event);

  expect(answer).toMatchObject({
    status: 201,
    body: { headers: { 'content-length': '10' }, expiresAt: '1970-01-01T00:00:00.000Z' },
  });
});
