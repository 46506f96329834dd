import { describe, expect, it } from 'vitest';

import { Fault, toProblem } from '#events/problems/problem.ts';
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
  const call = async (action: string, input: { readonly MessageBody?: string }) => {
    if (action === 'events:PutEvents') return { Entries: [{}] };
    kept = input.MessageBody ?? '';
    return {};
  };
  await openBus({ bus: 'bus', rejectedQueueUrl: 'rejected' }, call as never).reject(rejection, message);
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

describe('events', () => {
  it.each([
    ['ten small ones in a request', 23, 'x', [10, 10, 3]],
    ['no more bytes than a request takes', 5, 'ü'.repeat(50_000), [2, 2, 1]],
    ['one that fills a request alone', 2, 'x'.repeat(300_000), [1, 1]],
  ])('are published with %s', async (_, count, detail, expected) => {
    const sizes: number[] = [];
    const call = async (_action: string, input: { readonly Entries?: readonly object[] }) => {
      sizes.push(input.Entries?.length ?? 0);
      return { Entries: input.Entries?.map(() => ({})) ?? [] };
    };
    const rejected = {
      type: 'Flink Command Rejected',
      subject: undefined,
      detail: { ...rejection, id: detail },
    } as const;
    const bus = openBus({ bus: 'bus', rejectedQueueUrl: 'rejected' }, call as never);

    expect(await bus.publish(Array.from({ length: count }, () => rejected))).toBe(count);
    expect(sizes).toEqual(expected);
  });
});
