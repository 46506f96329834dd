import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { retryOnConflict, withPayload } from '#shared/clusters/store/transact.ts';
import { makeWorld } from '#test/fakes/world.ts';

const conflict = new Fault('conflict', 'A concurrent command changed the record.');
const throttled = new Fault('limit-reached', 'AWS throttles requests.');

describe('work that conflicts with concurrent writes', () => {
  it('is repeated four times, and then throws the conflict', async () => {
    let attempts = 0;
    const work = retryOnConflict(makeWorld().ports, async () => {
      attempts += 1;
      throw conflict;
    });

    await expect(work).rejects.toBe(conflict);
    expect(attempts).toBe(5);
  });

  it('is not repeated after another failure', async () => {
    let attempts = 0;
    const work = retryOnConflict(makeWorld().ports, async () => {
      attempts += 1;
      throw throttled;
    });

    await expect(work).rejects.toBe(throttled);
    expect(attempts).toBe(1);
  });

  it('throws the conflict when the function ends during a pause', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const ports = { sleep: (ms: number) => sleep(ms, undefined, { signal }), random: () => 1, signal };
    const work = retryOnConflict(ports, async () => {
      controller.abort();
      throw conflict;
    });

    await expect(work).rejects.toBe(conflict);
  });
});

describe('the payload of a command whose records were not written', () => {
  it.each([
    ['is removed after a conflict', conflict, 0],
    ['stays after another failure, because the records may exist', throttled, 1],
  ])('%s', async (_title, failure, payloads) => {
    const { ports, payloads: bucket } = makeWorld();
    const write = withPayload({ operationId: 'a', payload: { mode: 'session' } }, ports, () => Promise.reject(failure));

    await expect(write).rejects.toBe(failure);
    expect(bucket.stored.size).toBe(payloads);
  });
});
