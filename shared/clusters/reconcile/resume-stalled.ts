import { commands } from '#events/commands/index.ts';
import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { isTerminalJob } from '#events/job.ts';
import { Fault, toProblem } from '#events/problem.ts';

import { accept } from '#shared/clusters/commands/accept.ts';
import { resumeBatch } from '#shared/clusters/commands/batch.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission.ts';
import { cancel } from '#shared/clusters/commands/cancel.ts';
import { resumeApplied, failDeploy } from '#shared/clusters/commands/deploy.ts';
import { resumeAdmitted, endQueued, startDeadlineMissed } from '#shared/clusters/admission/queue.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { ObservedDeployment } from '#shared/clusters/model/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records.ts';
import { commit, transact } from '#shared/clusters/store/transact.ts';
import { advanceOperation, keepsFailedObjects } from '#shared/clusters/model/operation.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { jobsOfIncarnation } from '#shared/clusters/model/job.ts';

/** Longer than a step takes: what did not move for so long may be carried on by nobody. */
const stalledAfterMs = 2 * 60_000;
/** Between a stop that failed and the next try. */
const againMs = 5 * 60_000;

/**
 * Carries on an operation that stands still, and ends it at its deadline: every wait ends. A process that died behind
 * its record and before the start of its state machine leaves such operations.
 */
export const resumeStalled = async (operationId: string, ports: Ports, signal: AbortSignal): Promise<void> => {
  const operation = await getOperation(operationId, ports.store);
  const { deadline, updatedAt } = operation.value;
  if (isTerminalOperation(operation.value)) return;
  if (ports.now().toISOString() > deadline) await endOverdue(operation.value, ports);
  // The line decides on it.
  else if (operation.value.state === 'QUEUED') return;
  else if (ports.now().getTime() - Date.parse(updatedAt) > stalledAfterMs)
    await resumeOperation(operation, ports, signal);
};

/** Starting a state machine that runs already changes nothing: its execution has the operation's name. */
const resumeOperation = async (
  operation: Versioned<StoredOperation>,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> => {
  const { kind, state, operationId, target, clusterId, origin, jobId = '' } = operation.value;
  if (kind === 'cancel') {
    await cancel.advance(
      operation,
      { kind, target, clusterId, data: { jobId }, key: undefined, origin },
      ports,
      signal,
    );
  } else if (kind === 'extend') {
    // It is over with its record.
  } else if (kind === 'batch') {
    await resumeBatch(operation, ports);
  } else if (kind === 'deploy' && state === 'PENDING') {
    // What was to be created is kept only of those that waited: until its deadline only the same command can go on with
    // another that created nothing.
    if (isDrafted(operation.value)) await resumeAdmitted(operation.value, ports);
    else await resumeApplied(operation.value, ports, signal);
  } else {
    await ports.workflows.start(commands[kind].workflow, operationId);
  }
};

const isDrafted = ({ plan }: StoredOperation) => plan !== undefined && 'deploy' in plan && plan.deploy.drafted === true;

const endOverdue = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  const { operationId, kind, deadline, state, target, clusterId } = operation;
  const fault = new Fault('deadline-exceeded', `the ${kind} was not over by ${deadline}`, {
    reason: 'DeadlineExceeded',
  });
  if (state === 'QUEUED') {
    await endQueued(operation, { state: 'FAILED', fault: startDeadlineMissed(deadline) }, ports);
  } else if (kind === 'deploy') {
    await failDeploy(operationId, fault, ports);
    await ports.payloads.remove(operationId);
    await ports.workflows.start('cleanup', operationId);
  } else {
    await transact(ports, async () => {
      const current = await getOperation(operationId, ports.store);
      return isTerminalOperation(current.value)
        ? { result: undefined }
        : {
            change: {
              operations: [advanceOperation(current, { state: 'FAILED', problem: toProblem(fault) }, ports.now())],
            },
            result: undefined,
          };
    });
  }
  if (kind === 'batch') await ports.payloads.remove(operationId);
  ports.log.warn('operation ended at its deadline', {
    operationId,
    command: kind,
    target,
    clusterId,
    outcome: 'failed',
    code: fault.code,
    state,
  });
};

/** Stops a cluster again whose stop has failed: nobody else would end what is half removed. */
export const retryStop = async (cluster: Cluster, ports: Ports, signal: AbortSignal): Promise<void> => {
  const { target, clusterId, stopOperationId } = cluster;
  if (cluster.state !== 'STOPPING' || stopOperationId === undefined) return;
  const { plan, updatedAt, ...earlier } = (await getOperation(stopOperationId, ports.store)).value;
  if (!isTerminalOperation(earlier) || ports.now().getTime() - Date.parse(updatedAt) < againMs) return;
  const asked = plan !== undefined && 'stop' in plan ? plan.stop : undefined;
  const live = jobsOfIncarnation(cluster, await ports.store.jobs(cluster)).some((job) => !isTerminalJob(job));
  // Its savepoints are taken, or were given up. Required ones are not: what may still run is not removed without them.
  const data = {
    ha: 'keep',
    ...asked,
    savepoint: asked?.savepoint === 'required' && live && (await isUp(cluster, ports, signal)) ? 'required' : 'none',
  } as const;
  await accept(
    { kind: 'stop', target, clusterId, data, key: `stop-again/${clusterId}/${stopOperationId}`, origin: 'reconciler' },
    ports,
    signal,
  );
};

/** Whether there is still something that a savepoint could be taken of. @throws Fault when that cannot be told. */
const isUp = async ({ target, clusterId, uid }: Cluster, ports: Ports, signal: AbortSignal): Promise<boolean> => {
  const { deployment } = await ports.kubernetes(await ports.targets.get(target)).observe(clusterId, signal);
  return deployment?.deleting === false && deployment.uid === uid;
};

/**
 * Removes a Deployment that a deploy of Drey's made and that no cluster is any more: its deploy was overtaken by a
 * stop while it was being created, or its removal did not get through.
 */
export const removeAbandonedDeployment = async (
  target: string,
  { clusterId, uid, operationId, deleting }: ObservedDeployment,
  { kubernetes, ports }: { readonly kubernetes: Kubernetes; readonly ports: Ports },
  signal: AbortSignal,
): Promise<void> => {
  if (deleting || operationId === undefined) return;
  const operation = (await ports.store.operation(operationId))?.value;
  if (operation === undefined || operation.target !== target || operation.clusterId !== clusterId) return;
  const cluster = (await ports.store.cluster({ target, clusterId }))?.value;
  const isItsOwn =
    cluster?.operationId === operationId &&
    (!isTerminalCluster(cluster) || (keepsFailedObjects(operation) && cluster.stopOperationId === undefined));
  if (!isTerminalOperation(operation) || isItsOwn) return;
  await kubernetes.remove(clusterId, uid, signal);
  ports.log.warn('leftover removed', { target, clusterId, operationId });
};

/** Longer than anybody can still be creating what it stands for. */
const lostMs = 10 * 60_000;

/**
 * Frees what an operation holds of its target, if nothing of it is there any more.
 *
 * @param deployed The deploys whose Deployments were seen just now.
 */
export const releaseIfLost = async (
  claim: QueuedCommand,
  deployed: ReadonlySet<string>,
  ports: Ports,
): Promise<void> => {
  const { value: operation } = await getOperation(claim.operationId, ports.store);
  const isRecent = ports.now().getTime() - Date.parse(operation.updatedAt) < lostMs;
  if (!isTerminalOperation(operation) || isRecent) return;
  const holdsOn =
    claim.kind === 'submit'
      ? await isJobLive(claim, ports)
      : deployed.has(claim.operationId) || (await isClusterLive(operation, ports));
  if (holdsOn) return;
  await commit({ released: [claim] }, ports);
  ports.log.warn('lost claim freed', { ...claim.demand, operationId: claim.operationId, target: claim.target });
};

const isJobLive = async (claim: QueuedCommand, { store }: Ports) => {
  const job = await store.job(claim, claim.operationId);
  return job !== undefined && !isTerminalJob(job.value);
};

const isClusterLive = async (operation: StoredOperation, { store }: Ports) => {
  const cluster = (await store.cluster(operation))?.value;
  return cluster?.operationId === operation.operationId && !isTerminalCluster(cluster);
};
