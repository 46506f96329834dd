import { commands } from '#events/commands/index.ts';
import { isDone } from '#events/model.ts';
import { Fault, parse, toProblem } from '#events/problem.ts';

import { deploy } from './deploy.ts';
import type { Ports, StoredOperation } from './ports.ts';
import { operationOf } from './records.ts';

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
    await ports.drafts.remove(operationId);
    return advanced;
  } catch (error) {
    if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
    // The operation says why it failed.
    await ports.drafts.remove(operationId);
    return (await operationOf(operationId, ports.store)).value;
  }
};
