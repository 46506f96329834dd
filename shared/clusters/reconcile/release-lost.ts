import { isTerminalJob } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { holdsCapacity } from '#shared/clusters/model/cluster-states.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

/** After this time no function can still be creating what the command started. */
const minAgeMs = 10 * 60_000;

/**
 * Releases the quota of an admitted command when its operation has ended, and neither a cluster nor a job is left of
 * it.
 *
 * @param deployed The operations whose Deployments exist.
 */
export const releaseIfLost = async (
  command: QueuedCommand,
  deployed: ReadonlySet<string>,
  ports: Ports,
): Promise<void> => {
  const { value: operation } = await getOperation(command.operationId, ports.store);
  const isRecent = ports.now().getTime() - Date.parse(operation.updatedAt) < minAgeMs;
  if (!isTerminalOperation(operation) || isRecent) return;
  const isHeld =
    command.kind === 'submit'
      ? await isJobLive(command, ports)
      : deployed.has(command.operationId) || (await isClusterLive(operation, ports));
  if (isHeld) return;
  await commit({ released: [command] }, ports);
  const { operationId, target, demand } = command;
  ports.log.warn('lost command released', { ...demand, operationId, target });
};

const isJobLive = async (command: QueuedCommand, { store }: Ports): Promise<boolean> => {
  const job = await store.job(command, command.operationId);
  return job?.value.operationId === command.operationId && !isTerminalJob(job.value);
};

const isClusterLive = async (operation: StoredOperation, { store }: Ports): Promise<boolean> => {
  const cluster = (await store.cluster(operation))?.value;
  return cluster?.operationId === operation.operationId && holdsCapacity(cluster);
};
