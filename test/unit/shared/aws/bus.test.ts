import { describe, expect, it } from 'vitest';

import { Fault, toProblem } from '#events/problem.ts';
import { openBus } from '#shared/aws/bus.ts';

const rejection = {
  id: 'm',
  principal: 'sqs:AIDABOB',
  problem: toProblem(new Fault('over-limit', 'too much')),
  at: '2026-11-23T12:00:00.000Z',
};

/** The stored form of a rejected message. */
const keptOf = async (message: string): Promise<string> => {
  let kept = '';
  const queues = {
    send: async ({ input }: { readonly input: { readonly MessageBody?: string } }) => {
      kept = input.MessageBody ?? '';
      return {};
    },
  };
  const events = { send: async () => ({ Entries: [{}] }) };
  await openBus({ bus: 'bus', rejectedQueueUrl: 'rejected' }, { queues, events }).reject(rejection, message);
  return kept;
};

describe('a rejected message', () => {
  it('is stored unchanged', async () => {
    expect(JSON.parse(await keptOf('{"a":1}'))).toEqual({ rejection, message: '{"a":1}' });
  });

  it.each(['"', 'ü', 'x'])('is cut to fit into one message with its problem (%s)', async (character) => {
    const kept = await keptOf(character.repeat(250_000) + 'x'.repeat(12_000));

    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(262_144);
    expect(JSON.parse(kept)).toMatchObject({ rejection, cut: true });
    expect(JSON.parse(kept)).toHaveProperty('message', expect.stringMatching(new RegExp(`^${character}{100000}`)));
  });
});
