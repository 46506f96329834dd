import { Fault } from '#events/problem.ts';
import { type DeadCommands, envelopeOf } from '#events/requests.ts';

import type { DeadCommand, Ports } from './ports.ts';

type Shown = DeadCommands['commands'][number];

/** Commands of the queue whose last try failed. Another list within seconds may lack some of them. */
export const readDead = async ({ commands }: Ports): Promise<Shown[]> => (await commands.dead()).map(asShown);

/** Brings dead commands back to the queue. @throws Fault `not-found` when one of the ids is not among them: none is brought back then. */
export const redriveDead = async (ids: readonly string[] | undefined, { commands, log }: Ports): Promise<Shown[]> => {
  const dead = await commands.dead();
  const missing = (ids ?? []).filter((id) => !dead.some((command) => command.id === id));
  if (missing.length > 0)
    throw new Fault(
      'not-found',
      `there is no dead command ${missing.join(', ')}; one that was just listed can be found again in a few seconds`,
    );
  const chosen = dead.filter(({ id }) => ids?.includes(id) ?? true);
  for (const command of chosen) {
    await commands.redrive(command);
    log.info('dead command redriven', { messageId: command.id });
  }
  return chosen.map(asShown);
};

const asShown = ({ id, body, problem }: DeadCommand): Shown => ({
  id,
  ...envelopeOf(body),
  ...(problem === undefined ? {} : { code: problem.code, detail: problem.detail }),
});
