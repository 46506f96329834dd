import { beforeEach, describe, expect, it } from 'vitest';

import { openQueues } from '#shared/aws/queues.ts';

interface Kept {
  readonly id: string;
  readonly body: string;
  visible: boolean;
}

const urls = {
  reconcileQueue: 'reconcile',
  admissionQueue: 'admission',
  commandQueue: 'commands',
  deadLetters: 'dead-letters',
};

/** A dead-letter queue that returns at most two visible messages at once, and all messages that were sent. */
const queueOf = (count: number) => {
  const kept: Kept[] = Array.from({ length: count }, (_, index) => ({
    id: `m${index}`,
    body: `body ${index}`,
    visible: true,
  }));
  const sent: Readonly<Record<string, unknown>>[] = [];
  const received: Readonly<Record<string, unknown>>[] = [];
  const send = async (command: { readonly input: Readonly<Record<string, unknown>> }) => {
    const { input } = command;
    switch (command.constructor.name) {
      case 'ReceiveMessageCommand': {
        received.push(input);
        const found = kept.filter(({ visible }) => visible).slice(0, 2);
        for (const message of found) message.visible = false;
        return { Messages: found.map(({ id, body }) => ({ MessageId: id, Body: body, ReceiptHandle: id })) };
      }
      case 'ChangeMessageVisibilityCommand':
        for (const message of kept) message.visible ||= message.id === input['ReceiptHandle'];
        return {};
      case 'DeleteMessageCommand':
        kept.splice(
          kept.findIndex(({ id }) => id === input['ReceiptHandle']),
          1,
        );
        return {};
      default:
        sent.push(input);
        return {};
    }
  };
  const { commandQueue: commands } = openQueues(urls, {
    now: () => new Date('2026-11-23T12:00:30Z'),
    client: { send } as never,
  });
  return { commands, kept, sent, received };
};

let queue: ReturnType<typeof queueOf>;
beforeEach(() => {
  queue = queueOf(5);
});

const ids = (messages: readonly { readonly id: string }[]) => messages.map(({ id }) => id);

describe('dead letters', () => {
  it('are all listed, and can be listed again at once', async () => {
    const first = await queue.commands.listDeadLetters();

    expect(ids(first)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    expect(ids(await queue.commands.listDeadLetters())).toEqual(ids(first));
    expect(queue.received[0]).toMatchObject({ WaitTimeSeconds: 1 });
  });

  it('are redriven until none is left, also when SQS returns few at once', async () => {
    const { commands, more } = await queue.commands.redriveDeadLetters(async ({ body }) => `${body} again`);

    expect([ids(commands), more]).toEqual([['m0', 'm1', 'm2', 'm3', 'm4'], false]);
    expect(queue.sent.map(({ MessageBody }) => MessageBody)).toEqual([0, 1, 2, 3, 4].map((n) => `body ${n} again`));
    expect(queue.kept).toEqual([]);
  });

  it('stay and can be listed when they are not selected', async () => {
    const { commands } = await queue.commands.redriveDeadLetters(async ({ id, body }) =>
      id === 'm3' ? body : undefined,
    );

    expect(ids(commands)).toEqual(['m3']);
    expect(ids(await queue.commands.listDeadLetters())).toEqual(['m0', 'm1', 'm2', 'm4']);
  });

  it('are redriven in parts when there are many', async () => {
    queue = queueOf(300);

    expect((await queue.commands.redriveDeadLetters(async ({ body }) => body)).more).toBe(true);
    expect((await queue.commands.redriveDeadLetters(async ({ body }) => body)).more).toBe(false);
    expect(queue.kept).toEqual([]);
  });
});

it('an admitted deploy is resumed in a group of its own, once a minute', async () => {
  await queue.commands.sendResume({ operationId: 'a', target: 'local', clusterId: 'etl' });

  expect(queue.sent).toMatchObject([
    { QueueUrl: 'commands', MessageGroupId: 'resume/a', MessageDeduplicationId: 'a/29923920' },
  ]);
});
