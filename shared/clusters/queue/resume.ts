import { isDeepStrictEqual } from 'node:util';

import { type CommandData, commands } from '#events/commands/index.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault, parse, toProblem } from '#events/problem.ts';
import { deploy } from '#shared/clusters/commands/deploy/deploy.ts';
import { demandOfDeploy } from '#shared/clusters/commands/deploy/render.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

/** Carries out a deploy that was admitted, with what was asked for when it came. */
export const resumeOperation = async (operationId: string, ports: Ports): Promise<StoredOperation> => {
  const operation = await getOperation(operationId, ports.store);
  const { kind, state, target, clusterId } = operation.value;
  if (kind !== 'deploy' || state === 'QUEUED') return operation.value;
  if (isTerminalOperation(operation.value)) {
    await ports.payloads.remove(operationId);
    return operation.value;
  }
  const payload = await ports.payloads.read(operationId);
  // It was carried out by another delivery of the same message.
  if (payload === undefined) return operation.value;
  const data = parse(commands.deploy.data, payload);
  const command = { kind, target, clusterId, data, key: undefined, origin: 'queue' } as const;
  try {
    const advanced = await deploy.advance(operation, command, ports);
    if (!isTerminalOperation(advanced)) await holdAsRendered(advanced, data, ports);
    await ports.payloads.remove(operationId);
    return advanced;
  } catch (error) {
    if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
    // The operation says why it failed.
    await ports.payloads.remove(operationId);
    return (await getOperation(operationId, ports.store)).value;
  }
};

/** Its target's defaults may have changed while it waited: it holds what its pods really ask for. */
const holdAsRendered = async (operation: StoredOperation, data: CommandData<'deploy'>, ports: Ports): Promise<void> => {
  const { operationId, target: name } = operation;
  const demand = demandOfDeploy(data, operation, await ports.targets.get(name));
  await transact(ports, async () => {
    const { admitted, queueVersion: previous, paused } = await ports.store.queueSummary(name);
    const admittedCommand = admitted.find((claim) => claim.operationId === operationId);
    if (admittedCommand === undefined || isDeepStrictEqual(admittedCommand.demand, demand))
      return { result: undefined };
    return {
      change: { admitted: [{ ...admittedCommand, demand }], queueVersion: { target: name, paused, previous } },
      result: undefined,
    };
  });
};
