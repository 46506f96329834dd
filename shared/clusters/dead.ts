import { Fault } from '#events/problem.ts';
import { type DeadCommands, envelopeOf } from '#events/requests.ts';

import type { DeadCommand, Ports } from './ports.ts';
import { operationBehind, sketchOf } from './sketch.ts';

type Shown = DeadCommands['commands'][number];

/** Commands of the queue whose last try failed. */
export const readDead = async ({ commands }: Ports): Promise<DeadCommands> => ({
  commands: (await commands.dead()).map(asShown),
});

/** Brings dead commands back to the queue; all, where no ids are named. @throws Fault `not-found` when none of the ids is among them. */
export const redriveDead = async (ids: readonly string[] | undefined, ports: Ports): Promise<DeadCommands> => {
  const { commands, more } = await ports.commands.redrive(async (command) =>
    (ids?.includes(command.id) ?? true) ? again(command, ports) : undefined,
  );
  for (const { id } of commands) ports.log.info('dead command redriven', { messageId: id });
  if (ids !== undefined && commands.length === 0)
    throw new Fault('not-found', `there is no dead command ${ids.join(', ')}`);
  return { commands: commands.map(asShown), ...(more ? { more } : {}) };
};

/** The message. Under its old key one whose operation has failed would only find that again. */
const again = async ({ body }: DeadCommand, { store }: Ports): Promise<string> => {
  const operation = await operationBehind(sketchOf(body), store);
  if (operation?.state !== 'FAILED') return body;
  return JSON.stringify({ ...JSON.parse(body), idempotencykey: `redriven/${operation.operationId}` });
};

const asShown = ({ id, body, problem }: DeadCommand): Shown => ({
  id,
  ...envelopeOf(body),
  ...(problem === undefined ? {} : { code: problem.code, detail: problem.detail }),
});
