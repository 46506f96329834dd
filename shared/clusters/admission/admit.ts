import pMap from 'p-map';

import { decideAdmissions } from '#shared/clusters/model/admission.ts';
import { clearIdle } from '#shared/clusters/model/lifetime.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedCommand } from '#shared/clusters/model/queue.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

import { endQueued, transitionQueuedCluster } from './end-queued.ts';
import { atOnce, evaluatePending } from './pending.ts';
import { releasedByReplacement, startTimeoutMs } from './queued-command.ts';

/**
 * Starts whoever's turn has come in the line of a target, and ends those who wait in vain.
 *
 * @throws Fault `changed-meanwhile` when others were always faster.
 */
export const admit = async (name: string, ports: Ports): Promise<void> => {
  const target = await ports.targets.get(name);
  await retryOnConflict(ports, async () => {
    const queueState = await ports.store.queue(name);
    if (queueState.approximateSize !== queueState.queued.length)
      await ports.store.count(name, { to: queueState.queued.length });
    if (queueState.queued.length === 0) return;
    const { pendingReasons, failed } = await evaluatePending(
      queueState.queued.map(({ value }) => value),
      target,
      ports,
    );
    const hopeful = queueState.queued.map(({ value }) => value).filter((claim) => !failed.has(claim));
    const now = ports.now();
    const decisions = decideAdmissions(hopeful, queueState.admitted, {
      target,
      paused: queueState.paused !== undefined,
      pendingReasons,
      now,
    });
    let queueVersion = queueState.queueVersion;
    for (const { claim, pendingReason } of decisions) {
      if (pendingReason === undefined && (await start(claim, queueVersion, ports)))
        queueVersion = (queueVersion ?? 0) + 1;
    }
    for (const { claim, reserves } of decisions) {
      const previous = queueState.queued.find(({ value }) => value === claim)?.version;
      if (reserves && claim.reservesSince === undefined)
        await commit({ queued: { value: { ...claim, reservesSince: now.toISOString() }, previous } }, ports);
    }
    // Behind those that start, as they may be many.
    await pMap(failed, ([claim, fault]) => endQueued(claim, { state: 'FAILED', fault }, ports), {
      concurrency: atOnce,
    });
  });
};

/** @returns Whether it is started: it may have ended meanwhile. */
const start = async (claim: QueuedCommand, queueVersion: number | undefined, ports: Ports): Promise<boolean> => {
  const operation = await getOperation(claim.operationId, ports.store);
  if (operation.value.state !== 'QUEUED') {
    await commit({ dequeued: [claim] }, ports);
    return false;
  }
  const now = ports.now();
  const started = transitionOperation(operation, { state: 'PENDING' }, now);
  const deadline = new Date(now.getTime() + startTimeoutMs[claim.kind]).toISOString();
  await commit(
    {
      ...(claim.kind === 'deploy'
        ? await transitionQueuedCluster('REQUESTED', operation.value, {}, ports)
        : clearIdle(await getCluster(claim, ports.store))),
      operations: [{ ...started, value: { ...started.value, startedAt: now.toISOString(), deadline } }],
      queueVersion: { target: claim.target, paused: undefined, previous: queueVersion },
      admitted: [claim],
      released: releasedByReplacement(claim),
      dequeued: [claim],
    },
    ports,
  );
  await resumeAdmitted(started.value, ports);
  ports.log.info('command admitted', {
    operationId: claim.operationId,
    command: claim.kind,
    target: claim.target,
    clusterId: claim.clusterId,
  });
  return true;
};

/** Hands an admitted operation to those who carry it out. */
export const resumeAdmitted = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  if (operation.kind === 'submit') await ports.workflows.start('submission', operation.operationId);
  else await ports.commandQueue.sendResume(operation);
};
