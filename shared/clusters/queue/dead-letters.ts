import { Fault } from '#events/problem.ts';
import type { DeadLetters } from '#events/http/dead-letters.ts';
import { parseEnvelope } from '#events/message.ts';
import type { DeadLetter } from '#shared/clusters/ports/messaging.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { describeMessage, findMessageOperation } from './envelope.ts';

type Shown = DeadLetters['commands'][number];

/** Commands of the queue whose last try failed. */
export const listDeadLetters = async ({ commandQueue }: Ports): Promise<DeadLetters> => ({
  commands: (await commandQueue.listDeadLetters()).map(asShown),
});

/** Brings dead commands back to the queue; all, where no ids are named. @throws Fault `not-found` when none of the ids is among them. */
export const redriveDeadLetters = async (ids: readonly string[] | undefined, ports: Ports): Promise<DeadLetters> => {
  const { commands, more } = await ports.commandQueue.redriveDeadLetters(async (command) =>
    (ids?.includes(command.id) ?? true) ? again(command, ports) : undefined,
  );
  for (const { id } of commands) ports.log.info('dead command redriven', { messageId: id });
  if (ids !== undefined && commands.length === 0)
    throw new Fault('not-found', `there is no dead command ${ids.join(', ')}`);
  return { commands: commands.map(asShown), ...(more ? { more } : {}) };
};

/** The message. Under its old key one whose operation has failed would only find that again. */
const again = async ({ body }: DeadLetter, { store }: Ports): Promise<string> => {
  const operation = await findMessageOperation(parseEnvelope(body), store);
  if (operation?.state !== 'FAILED') return body;
  return JSON.stringify({ ...JSON.parse(body), idempotencykey: `redriven/${operation.operationId}` });
};

const asShown = ({ id, body, problem }: DeadLetter): Shown => ({
  id,
  ...describeMessage(parseEnvelope(body)),
  ...(problem === undefined ? {} : { code: problem.code, detail: problem.detail }),
});
