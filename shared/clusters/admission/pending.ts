import pMap from 'p-map';

import type { Cluster } from '#events/cluster.ts';
import { OperationId } from '#events/names.ts';
import { Fault, toProblem } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { isPendingCluster } from '#shared/clusters/model/cluster-states.ts';
import type { PendingReason, QueuedCommand } from '#shared/clusters/model/queue.ts';
import { assertFitsTarget } from '#shared/clusters/model/quota.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

export const atOnce = 16;

/** What each waits for besides room, and who waits in vain. */
export const evaluatePending = async (queuedCommands: readonly QueuedCommand[], target: NamedTarget, ports: Ports) => {
  const pendingReasons = new Map<string, PendingReason>();
  const failed = new Map<QueuedCommand, Fault>();
  await pMap(
    queuedCommands,
    async (claim) => {
      try {
        assertFitsTarget(claim, target);
        const pendingReason = await findPendingReason(claim, target, ports);
        if (pendingReason !== undefined) pendingReasons.set(claim.operationId, pendingReason);
      } catch (error) {
        // That the store could not be asked says nothing of the claim.
        if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
        failed.set(claim, error);
      }
    },
    { concurrency: atOnce },
  );
  return { pendingReasons, failed };
};

/**
 * What a claim waits for besides room.
 *
 * @throws Fault when that will never come.
 */
export const findPendingReason = async (
  claim: QueuedCommand,
  target: NamedTarget,
  ports: Ports,
): Promise<PendingReason | undefined> => {
  if (claim.deadline < ports.now().toISOString()) throw startDeadlineMissed(claim.deadline);
  const open = await openDependencies(claim, ports.store);
  if (open.length > 0) return { reason: 'WaitingForDependency', message: `${open.join(', ')} not FINISHED yet` };
  if (claim.kind === 'deploy') return undefined;
  const cluster = await ports.store.cluster({ target: target.name, clusterId: claim.clusterId });
  return cluster === undefined ? undefined : findSessionReason(cluster.value);
};

export const startDeadlineMissed = (deadline: string) =>
  new Fault('not-started', `it was not started by ${deadline}`, { reason: 'DeadlineExceeded' });

/** @throws Fault `wrong-state` */
const findSessionReason = (cluster: Cluster): PendingReason | undefined => {
  const { clusterId, target, state } = cluster;
  if (state === 'RUNNING') return undefined;
  if (isPendingCluster(cluster)) return { reason: 'WaitingForCluster', message: `cluster ${clusterId} is ${state}` };
  throw new Fault('wrong-state', `Cluster ${clusterId} in target ${target} is ${state}. It takes no jobs.`);
};

/** @throws Fault `dependency-failed` */
const openDependencies = async (
  { target, dependsOn }: Pick<QueuedCommand, 'target' | 'dependsOn'>,
  store: Store,
): Promise<readonly string[]> => {
  const verdicts = await Promise.all(
    dependsOn.map(async (name) => ({ name, verdict: await findDependencyVerdict(name, target, store) })),
  );
  const lost = verdicts.filter(({ verdict }) => verdict !== undefined && verdict !== 'FINISHED');
  if (lost.length > 0) {
    const causes = lost.map(({ name, verdict }) => `${name} is ${verdict}`).join(', ');
    throw new Fault('dependency-failed', `it depends on commands that did not finish: ${causes}`, {
      reason: 'DependencyFailed',
    });
  }
  return verdicts.filter(({ verdict }) => verdict === undefined).map(({ name }) => name);
};

/** By its key or its id. A command that has not come yet has no verdict either, unless it came and was refused. */
export const findDependencyVerdict = async (
  name: string,
  target: string,
  store: Store,
): Promise<string | undefined> => {
  const known = await store.idempotency(target, name);
  const operationId = known?.operationId ?? (OperationId.safeParse(name).success ? name : undefined);
  if (operationId !== undefined) return (await store.verdict(operationId))?.verdict;
  const refusal = await store.refusal(target, name);
  return refusal === undefined ? undefined : `refused (${refusal.code})`;
};
