import type { Target } from '#events/records/target.ts';
import type { TableItem } from '#test/fakes/table.ts';

import { BenchWorld } from './bench-world.ts';
import { countAction, countRequests, type CommandCounts, type Counts, send, startSession } from './commands.ts';

/** A part of the system with more and more in it. */
export interface Growth {
  readonly what: string;
  readonly size: number;
  readonly counts: Counts;
  /** What all functions did, where more than one was invoked. */
  readonly whole?: CommandCounts;
}

const session = { mode: 'session' };
const templateId = 'nightly';
/** How many commands a pass starts. */
const starts = 18;

/** The items of one cluster or command, as often as wanted, with other names and operations. */
const copyItems = (items: readonly TableItem[], operationId: string, count: number): TableItem[] => {
  const texts = items.map((item) => JSON.stringify(item));
  return Array.from({ length: count }, (_, index) => {
    const otherOperation = (0x1000 + index).toString(16).padStart(32, '0');
    return texts.map(
      (text) =>
        JSON.parse(text.replaceAll(templateId, `copy-${index}`).replaceAll(operationId, otherOperation)) as TableItem,
    );
  }).flat();
};

/** The items that name a cluster or its operation. */
const listItemsOf = (
  world: BenchWorld,
  clusterId: string,
): { readonly items: TableItem[]; readonly operationId: string } => {
  const all = [...world.table.items.values()];
  const operationId = all
    .find(({ sk, value }) => sk === 'operation' && nameOf(value) === clusterId)
    ?.pk.split('#')
    .at(-1);
  if (operationId === undefined) throw new Error(`${clusterId} has no operation`);
  const isCopied = (text: string) => text.includes(clusterId) || text.includes(operationId);
  return { operationId, items: all.filter((item) => isCopied(`${item.pk}|${item.sk}`)) };
};

const nameOf = (value: unknown) => (value as { clusterId?: string }).clusterId;

/** A deploy to a target with limits, and with so many clusters that run there. */
export const countDeployBeside = async (size: number): Promise<Growth> => {
  const world = new BenchWorld({ target: { limits: { clusters: size + 10 } } });
  await startSession(world, templateId);
  const { items, operationId } = listItemsOf(world, templateId);
  world.table.load(copyItems(items, operationId, size));
  const { answer } = await countAction('deploy', world, {
    act: () => send(world, 'deploy', { clusterId: 'one-more', data: session }),
  });
  return { what: 'deploy to a target with limits, answer', size, counts: answer };
};

/** An admission pass that starts 18 of so many queued commands. */
export const countPass = async (size: number): Promise<Growth> => {
  const target: Partial<Target> = { limits: { clusters: 1 } };
  const world = new BenchWorld({ target });
  await startSession(world, 'first');
  await world.endPasses();
  await countAction('queued deploy', world, {
    act: () => send(world, 'deploy', { clusterId: templateId, data: session }),
  });
  const { items, operationId } = listItemsOf(world, templateId);
  world.table.load(copyItems(items, operationId, size - 1));
  world.table.load([...world.table.items.values()].flatMap((item) => withSize(item, size)));
  world.limitTarget({ clusters: 1 + starts });
  const before = world.simulation.requests.length;
  await world.requestPass();
  const pass = world.simulation.requests.slice(before).filter(({ process }) => process === 'admit');
  return { what: `admission pass that starts ${starts} commands`, size, counts: countRequests(pass) };
};

const withSize = (item: TableItem, queueSize: number): readonly TableItem[] =>
  item.sk === 'control#size' ? [{ ...item, queueSize }] : [];

/** What a minute costs beside so many sessions that run. */
export const countMinute = async (size: number): Promise<Growth> => {
  const world = new BenchWorld();
  for (let index = 0; index < size; index += 1) await startSession(world, `session-${index}`);
  await world.endPasses();
  const whole = await countAction('minute', world, { act: () => world.dispatch() });
  return { what: 'one minute of reconciliation', size, counts: whole.total, whole };
};
