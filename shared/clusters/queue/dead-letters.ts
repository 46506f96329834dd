import type { DeadLetters } from '#events/http/dead-letters.ts';
import { parseEnvelope } from '#events/message.ts';
import { Fault } from '#events/problems/problem.ts';
import type { DeadLetter, QueuedMessage } from '#shared/clusters/ports/messaging.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { describeMessage, findMessageOperation, receiveMessage } from './envelope.ts';

/** The commands of the queue whose last delivery failed, at most a hundred. */
export const listDeadLetters = async ({ commandQueue }: Ports): Promise<DeadLetters> => {
  const { commands, more } = await commandQueue.listDeadLetters();
  return { commands: commands.map(toView), ...(more ? { more } : {}) };
};

/**
 * Sends dead letters to the command queue again.
 *
 * @param ids The dead letters; all when undefined.
 * @throws Fault `not-found` when none of the ids is a dead letter.
 */
export const redriveDeadLetters = async (ids: readonly string[] | undefined, ports: Ports): Promise<DeadLetters> => {
  const { commands, more } = await ports.commandQueue.redriveDeadLetters(async (deadLetter) =>
    (ids?.includes(deadLetter.id) ?? true)
      ? { own: await findOwn(deadLetter, ports), redrivenBy: ports.principal }
      : undefined,
  );
  for (const { id } of commands) ports.log.info('dead letter redriven', { messageId: id });
  if (ids !== undefined && commands.length === 0)
    throw new Fault('not-found', `There is no dead letter with the id ${ids.join(', ')}.`);
  return { commands: commands.map(toView), ...(more ? { more } : {}) };
};

/** A command whose operation failed gets a new key, because its key stands for that operation. */
const findOwn = async (deadLetter: DeadLetter, { store }: Ports): Promise<QueuedMessage['own']> => {
  const received = await receiveMessage(deadLetter, store);
  const operation = await findMessageOperation(received, store);
  const { own } = received;
  if (operation?.state !== 'FAILED') return own;
  const { operationId: redriven, messageToken = '' } = operation;
  // The row of a batch is proved by the token of the batch.
  return own?.batchItem === undefined
    ? { token: messageToken, redriven }
    : { token: own.token, batchItem: own.batchItem, redriven };
};

const toView = ({ id, body, principal, redrivenBy, problem }: DeadLetter): DeadLetters['commands'][number] => ({
  id,
  ...describeMessage(parseEnvelope(body)),
  principal,
  ...(redrivenBy === undefined ? {} : { redrivenBy }),
  ...(problem === undefined ? {} : { code: problem.code, detail: problem.detail }),
});
