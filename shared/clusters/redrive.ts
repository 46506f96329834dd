import type { CommandKind } from '#events/commands/index.ts';
import { type Cluster, isDone, isEnded, isOver } from '#events/model.ts';
import { Fault, toProblem } from '#events/problem.ts';

import { accept } from './accept.ts';
import { carryOnBatch } from './batch.ts';
import type { Claim } from './admission.ts';
import { cancel } from './cancel.ts';
import { carryOnApplied, failDeploy } from './deploy.ts';
import { carryOnAdmitted, endWaiting, notStarted } from './line.ts';
import type { Kubernetes, Machine, ObservedDeployment, Ports, StoredOperation, Versioned } from './ports.ts';
import { commit, isKept, operationOf, progressed, update } from './records.ts';
import { jobsOf } from './state.ts';

/** Longer than a step takes: what did not move for so long may be carried on by nobody. */
const standstillMs = 2 * 60_000;
/** Between a stop that failed and the next try. */
const againMs = 5 * 60_000;

const machines: Readonly<Record<Exclude<CommandKind, 'cancel' | 'batch' | 'extend'>, Machine>> = {
  deploy: 'lifecycle',
  submit: 'submission',
  stop: 'cleanup',
  savepoint: 'snapshot',
  checkpoint: 'snapshot',
  stopjob: 'snapshot',
  dispose: 'snapshot',
};

/**
 * Carries on an operation that stands still, and ends it at its deadline: every wait ends. A process that died behind
 * its record and before the start of its state machine leaves such operations.
 */
export const redrive = async (operationId: string, ports: Ports, signal: AbortSignal): Promise<void> => {
  const operation = await operationOf(operationId, ports.store);
  const { deadline, updatedAt } = operation.value;
  if (isDone(operation.value)) return;
  if (ports.now().toISOString() > deadline) await endOverdue(operation.value, ports);
  // The line decides on it.
  else if (operation.value.state === 'QUEUED') return;
  else if (ports.now().getTime() - Date.parse(updatedAt) > standstillMs) await carryOn(operation, ports, signal);
};

/** Starting a state machine that runs already changes nothing: its execution has the operation's name. */
const carryOn = async (operation: Versioned<StoredOperation>, ports: Ports, signal: AbortSignal): Promise<void> => {
  const { kind, state, operationId, target, clusterId, door, jobId = '' } = operation.value;
  if (kind === 'cancel') {
    await cancel.advance(operation, { kind, target, clusterId, data: { jobId }, key: undefined, door }, ports, signal);
  } else if (kind === 'extend') {
    // It is over with its record.
  } else if (kind === 'batch') {
    await carryOnBatch(operation, ports);
  } else if (kind === 'deploy' && state === 'PENDING') {
    // What was to be created is kept only of those that waited: until its deadline only the same command can go on with
    // another that created nothing.
    if (isDrafted(operation.value)) await carryOnAdmitted(operation.value, ports);
    else await carryOnApplied(operation.value, ports, signal);
  } else {
    await ports.machines.start(machines[kind], operationId);
  }
};

const isDrafted = ({ plan }: StoredOperation) => plan !== undefined && 'deploy' in plan && plan.deploy.drafted === true;

const endOverdue = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  const { operationId, kind, deadline, state, target, clusterId } = operation;
  const fault = new Fault('deadline-exceeded', `the ${kind} was not over by ${deadline}`, {
    reason: 'DeadlineExceeded',
  });
  if (state === 'QUEUED') {
    await endWaiting(operation, { state: 'FAILED', fault: notStarted(deadline) }, ports);
  } else if (kind === 'deploy') {
    await failDeploy(operationId, fault, ports);
    await ports.drafts.remove(operationId);
    await ports.machines.start('cleanup', operationId);
  } else {
    await update(ports, async () => {
      const current = await operationOf(operationId, ports.store);
      return isDone(current.value)
        ? { result: undefined }
        : {
            change: { operations: [progressed(current, { state: 'FAILED', problem: toProblem(fault) }, ports.now())] },
            result: undefined,
          };
    });
  }
  if (kind === 'batch') await ports.drafts.remove(operationId);
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
export const stopAgain = async (cluster: Cluster, ports: Ports, signal: AbortSignal): Promise<void> => {
  const { target, clusterId, stopOperationId } = cluster;
  if (cluster.state !== 'STOPPING' || stopOperationId === undefined) return;
  const { plan, updatedAt, ...earlier } = (await operationOf(stopOperationId, ports.store)).value;
  if (!isDone(earlier) || ports.now().getTime() - Date.parse(updatedAt) < againMs) return;
  const asked = plan !== undefined && 'stop' in plan ? plan.stop : undefined;
  const live = jobsOf(cluster, await ports.store.jobs(cluster)).some((job) => !isEnded(job));
  // Its savepoints are taken, or were given up. Required ones are not: what may still run is not removed without them.
  const data = {
    ha: 'keep',
    ...asked,
    savepoint: asked?.savepoint === 'required' && live && (await isUp(cluster, ports, signal)) ? 'required' : 'none',
  } as const;
  await accept(
    { kind: 'stop', target, clusterId, data, key: `stop-again/${clusterId}/${stopOperationId}`, door: 'observer' },
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
export const removeLeftover = async (
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
    (!isOver(cluster) || (isKept(operation) && cluster.stopOperationId === undefined));
  if (!isDone(operation) || isItsOwn) return;
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
export const freeIfLost = async (claim: Claim, deployed: ReadonlySet<string>, ports: Ports): Promise<void> => {
  const { value: operation } = await operationOf(claim.operationId, ports.store);
  const isRecent = ports.now().getTime() - Date.parse(operation.updatedAt) < lostMs;
  if (!isDone(operation) || isRecent) return;
  const holdsOn =
    claim.kind === 'submit'
      ? await isJobLive(claim, ports)
      : deployed.has(claim.operationId) || (await isClusterLive(operation, ports));
  if (holdsOn) return;
  await commit({ freed: [claim] }, ports);
  ports.log.warn('lost claim freed', { ...claim.demand, operationId: claim.operationId, target: claim.target });
};

const isJobLive = async (claim: Claim, { store }: Ports) => {
  const job = await store.job(claim, claim.operationId);
  return job !== undefined && !isEnded(job.value);
};

const isClusterLive = async (operation: StoredOperation, { store }: Ports) => {
  const cluster = (await store.cluster(operation))?.value;
  return cluster?.operationId === operation.operationId && !isOver(cluster);
};
