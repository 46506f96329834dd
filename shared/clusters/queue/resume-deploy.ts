import { type CommandData, commands } from '#events/commands/index.ts';
import { lenient } from '#events/lenient.ts';
import type { ClusterRef } from '#events/names.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault, parseWritten, toFinalFault } from '#events/problems/problem.ts';
import { changeDemand } from '#shared/clusters/admission/usage.ts';
import { deploy } from '#shared/clusters/commands/deploy/deploy.ts';
import { computeDemand } from '#shared/clusters/commands/deploy/render.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

/**
 * Resumes an admitted deploy with its stored payload. Returns an operation as it is when it is not a deploy, is queued,
 * has ended, or has lost its payload.
 *
 * @throws Fault `not-found` also for an operation of another cluster, and every retryable fault of the deploy. After other
 *   faults the operation has the reason.
 */
export const resumeDeploy = async (
  { operationId, ...named }: ClusterRef & { readonly operationId: string },
  ports: Ports,
): Promise<StoredOperation> => {
  const operation = await getOperation(operationId, ports.store);
  const { kind, state, target, clusterId, principal } = operation.value;
  if (target !== named.target || clusterId !== named.clusterId)
    throw new Fault(
      'not-found',
      `Cluster ${named.clusterId} in target ${named.target} has no operation ${operationId}.`,
    );
  if (kind !== 'deploy' || state === 'QUEUED') return operation.value;
  if (isTerminalOperation(operation.value)) {
    await ports.payloads.remove(operationId);
    return operation.value;
  }
  const payload = await ports.payloads.read(operationId);
  // Another delivery of the message has resumed the deploy already.
  if (payload === undefined) return operation.value;
  const data = parseWritten(lenient(commands.deploy.data, 'drop'), { kind: 'body of a deploy', value: payload });
  const command = { kind, target, clusterId, data, key: undefined, origin: 'queue', principal } as const;
  try {
    const advanced = await deploy.advance(operation, command, ports.withOperation(operation.value));
    if (!isTerminalOperation(advanced)) await updateDemand(advanced, data, ports);
    await ports.payloads.remove(operationId);
    return advanced;
  } catch (error) {
    toFinalFault(error);
    await ports.payloads.remove(operationId);
    return (await getOperation(operationId, ports.store)).value;
  }
};

/** Corrects the admitted demand, because the defaults of the target may have changed while the deploy was queued. */
const updateDemand = async (operation: StoredOperation, data: CommandData<'deploy'>, ports: Ports): Promise<void> => {
  const { operationId, target: name } = operation;
  const demand = computeDemand(data, operation, await ports.targets.get(name));
  await changeDemand({ target: name, operationId }, demand, ports);
};
