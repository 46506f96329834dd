import { beforeEach, describe, expect, it } from 'vitest';

import { Fault, toProblem } from '#events/problems/problem.ts';
import { openQueues } from '#shared/aws/sqs/queues.ts';
import { openSenders } from '#shared/aws/sqs/senders.ts';

interface Kept {
  readonly id: string;
  readonly body: string;
  visible: boolean;
}

const urls = {
  reconcileQueue: 'reconcile',
  youngApplicationQueue: 'young-applications',
  admissionQueue: 'admission',
  commandQueue: 'commands',
  deadLetters: 'dead-letters',
};

/** A dead-letter queue that returns at most two visible messages at once, and all messages that were sent. */
const queueOf = (count: number, senderId = 'AROADREY:drey-test-commandQueue') => {
  const kept: Kept[] = Array.from({ length: count }, (_, index) => ({
    id: `m${index}`,
    body: `body ${index}`,
    visible: true,
  }));
  const sent: Readonly<Record<string, unknown>>[] = [];
  const received: Readonly<Record<string, unknown>>[] = [];
  const call = async (action: string, input: Readonly<Record<string, unknown>>) => {
    switch (action) {
      case 'sqs:ReceiveMessage': {
        received.push(input);
        const found = kept.filter(({ visible }) => visible).slice(0, 2);
        for (const message of found) message.visible = false;
        return {
          Messages: found.map(({ id, body }) => ({
            MessageId: id,
            Body: body,
            ReceiptHandle: id,
            Attributes: { SenderId: senderId },
            MessageAttributes: { principal: { StringValue: 'arn:aws:iam::000000000000:user/ada' } },
          })),
        };
      }
      case 'sqs:ChangeMessageVisibility':
        for (const message of kept) message.visible ||= message.id === input['ReceiptHandle'];
        return {};
      case 'sqs:DeleteMessage':
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
  const { commandQueue: commands, admissionQueue } = openQueues(urls, {
    readSender: openSenders(['AROADREY']),
    call: call as never,
  });
  return { commands, admissionQueue, kept, sent, received };
};

let queue: ReturnType<typeof queueOf>;
beforeEach(() => {
  queue = queueOf(5);
});

const ids = (messages: readonly { readonly id: string }[]) => messages.map(({ id }) => id);
const list = async () => (await queue.commands.listDeadLetters()).commands;

describe('dead letters', () => {
  it('are all listed, and can be listed again at once', async () => {
    const first = await list();

    expect(ids(first)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    expect(ids(await list())).toEqual(ids(first));
    expect(queue.received[0]).toMatchObject({ WaitTimeSeconds: 1 });
  });

  it('are redriven until none is left, also when SQS returns few at once', async () => {
    const { commands, more } = await queue.commands.redriveDeadLetters(async () => ({
      own: { token: 'secret', redriven: 'f'.repeat(32) },
    }));

    expect([ids(commands), more]).toEqual([['m0', 'm1', 'm2', 'm3', 'm4'], false]);
    expect(queue.sent.map(({ MessageBody }) => MessageBody)).toEqual([0, 1, 2, 3, 4].map((n) => `body ${n}`));
    for (const { MessageAttributes } of queue.sent)
      expect(MessageAttributes).toMatchObject({
        own: { DataType: 'String', StringValue: JSON.stringify({ token: 'secret', redriven: 'f'.repeat(32) }) },
      });
    expect(queue.kept).toEqual([]);
  });

  it('keep the principal of the command when a function of Drey has moved and redriven them', async () => {
    const principal = 'arn:aws:iam::000000000000:user/ada';
    const message = { id: 'm9', group: 'g', body: '{}', principal };
    await queue.commands.discard(message, toProblem(new Fault('target-unreachable', 'dark')));
    const { commands } = await queue.commands.redriveDeadLetters(async () => ({}));

    expect(new Set(commands.map((command) => command.principal))).toEqual(new Set([principal]));
    expect(queue.received[0]).toMatchObject({ MessageSystemAttributeNames: expect.arrayContaining(['SenderId']) });
    for (const { MessageAttributes } of queue.sent)
      expect(MessageAttributes).toMatchObject({ principal: { DataType: 'String', StringValue: principal } });
  });

  it.each(['AIDAEVE', 'AROADREYS:eve', 'AROAOTHER:AROADREY:'])(
    'of %s have that sender as principal, whatever the message says',
    async (senderId) => {
      queue = queueOf(1, senderId);

      expect(await list()).toMatchObject([{ principal: `sqs:${senderId}` }]);
    },
  );

  it('stay and can be listed when they are not selected', async () => {
    const { commands } = await queue.commands.redriveDeadLetters(async ({ id }) => (id === 'm3' ? {} : undefined));

    expect(ids(commands)).toEqual(['m3']);
    expect(ids(await list())).toEqual(['m0', 'm1', 'm2', 'm4']);
  });

  it('are redriven in parts when there are many', async () => {
    queue = queueOf(300);

    expect((await queue.commands.listDeadLetters()).more).toBe(true);
    expect((await queue.commands.redriveDeadLetters(async () => ({}))).more).toBe(true);
    expect((await queue.commands.redriveDeadLetters(async () => ({}))).more).toBe(false);
    expect(queue.kept).toEqual([]);
  });
});

const operation = {
  operationId: 'a',
  target: 'local',
  clusterId: 'etl',
  principal: 'sqs:AIDABOB',
  messageToken: 's',
};

it('requests for admission passes of a target are one group, and none is the same as another', async () => {
  await queue.admissionQueue.send('etl');
  await queue.admissionQueue.send('etl', { onlyReady: true });

  expect(queue.sent).toMatchObject([
    { QueueUrl: 'admission', MessageGroupId: 'etl', MessageBody: '{"target":"etl"}' },
    { QueueUrl: 'admission', MessageGroupId: 'etl', MessageBody: '{"target":"etl","onlyReady":true}' },
  ]);
  expect(new Set(queue.sent.map(({ MessageDeduplicationId: id }) => id)).size).toBe(2);
});

it('an admitted deploy is resumed in a group of its own', async () => {
  await queue.commands.sendResume(operation);

  expect(queue.sent).toMatchObject([
    {
      QueueUrl: 'commands',
      MessageGroupId: 'resume/a',
      MessageAttributes: {
        principal: { StringValue: 'sqs:AIDABOB' },
        own: { StringValue: JSON.stringify({ token: 's', operationId: 'a' }) },
      },
    },
  ]);
});

it.each([['x'.repeat(900)], ['']])(
  'a principal that no part of Drey writes does not count, even from its own role',
  (claimed) => {
    const senderId = 'AROADREY:drey-test-commandQueue';

    expect(openSenders(['AROADREY'])({ senderId, claim: () => claimed })).toEqual({ principal: `sqs:${senderId}` });
  },
);

it('the items of a batch have the principal of the batch', async () => {
  const batch = { target: 'local', principal: 'arn:aws:iam::000000000000:user/ada' };
  await queue.commands.sendBatchItems(batch, [{ command: 'apply', batchId: 'b', batchIndex: 0, clusterId: 'days-0' }]);

  expect(queue.sent).toMatchObject([{ MessageAttributes: { principal: { StringValue: batch.principal } } }]);
});

it.each(['the resumed deploys', 'the items of a batch'])(
  '%s have a deduplication ID that nobody can tell',
  async (what) => {
    const send = () =>
      what === 'the resumed deploys'
        ? queue.commands.sendResume(operation)
        : queue.commands.sendBatchItems(operation, [
            { command: 'apply', batchId: 'b', batchIndex: 0, clusterId: 'days-0' },
          ]);
    await send();
    await send();
    const [one, other] = queue.sent.map(({ MessageDeduplicationId }) => MessageDeduplicationId);

    expect(one).toMatch(/^[-0-9a-f]{36}$/);
    expect(other).not.toBe(one);
  },
);

it.each(['', '[]', '{}', 'null', '{"token":1}', '{"token":"x","batchItem":{}}'])(
  'what a message says with %j in the attribute of Drey counts as nothing',
  (own) => {
    const claim = (attribute: string) => (attribute === 'own' ? own : undefined);

    expect(openSenders(['AROADREY'])({ senderId: 'AIDAEVE', claim })).toEqual({ principal: 'sqs:AIDAEVE' });
  },
);
