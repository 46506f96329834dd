import { isDeepStrictEqual } from 'node:util';

import { type CommandData, commands } from '#events/commands/index.ts';
import { isDone } from '#events/model.ts';
import { Fault, parse, toProblem } from '#events/problem.ts';

import { demandOf, deploy } from './deploy.ts';
import type { Ports, StoredOperation } from './ports.ts';
import { operationOf, update } from './records.ts';

/** Carries out a deploy that was admitted, with what was asked for when it came. */
export const carryOn = async (operationId: string, ports: Ports, signal: AbortSignal): Promise<StoredOperation> => {
  const operation = await operationOf(operationId, ports.store);
  const { kind, state, target, clusterId } = operation.value;
  if (kind !== 'deploy' || state === 'QUEUED') return operation.value;
  if (isDone(operation.value)) {
    await ports.drafts.remove(operationId);
    return operation.value;
  }
  const draft = await ports.drafts.read(operationId);
  // It was carried out by another delivery of the same message.
  if (draft === undefined) return operation.value;
  const data = parse(commands.deploy.data, draft);
  const command = { kind, target, clusterId, data, key: undefined, door: 'queue' } as const;
  try {
    const advanced = await deploy.advance(operation, command, ports, signal);
    if (!isDone(advanced)) await holdAsRendered(advanced, data, ports);
    await ports.drafts.remove(operationId);
    return advanced;
  } catch (error) {
    if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
    // The operation says why it failed.
    await ports.drafts.remove(operationId);
    return (await operationOf(operationId, ports.store)).value;
  }
};

/** Its target's defaults may have changed while it waited: it holds what its pods really ask for. */
const holdAsRendered = async (operation: StoredOperation, data: CommandData<'deploy'>, ports: Ports): Promise<void> => {
  const { operationId, target: name } = operation;
  const demand = demandOf(data, operation, await ports.targets.get(name));
  await update(ports, async () => {
    const { holders, gate: previous, drained } = await ports.store.lineHead(name);
    const holder = holders.find((claim) => claim.operationId === operationId);
    if (holder === undefined || isDeepStrictEqual(holder.demand, demand)) return { result: undefined };
    return {
      change: { holders: [{ ...holder, demand }], gate: { target: name, drained, previous } },
      result: undefined,
    };
  });
};
