import { Fault, toProblem } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { AcceptedOperation } from '#shared/clusters/commands/use-case.ts';
import { recordUid, transitionCluster } from '#shared/clusters/model/cluster.ts';
import { type Applied, IncompleteDeployment } from '#shared/clusters/model/kubernetes.ts';
import { computeCreatesUntil, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import { toPlace } from '#shared/clusters/model/target-place.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit, transact } from '#shared/clusters/store/transact.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';

import { failDeploy } from './fail.ts';
import { findForeignData } from './foreign-data.ts';
import { findSuspendedJobId } from './prepare.ts';
import { assertNoEarlierPods, removeRemains } from './remove-remains.ts';
import type { RecordedDeploy } from './recorded-deploy.ts';
import { withRolloutRestore } from './rollout-restore.ts';
import { type DeployCommand, renderManifests, withRestoredFrom } from './render.ts';

interface GivenDeploy {
  readonly command: DeployCommand;
  /** What this invocation knows, if it has just recorded the deploy. */
  readonly recorded?: RecordedDeploy;
}

/**
 * Creates the objects of a deploy in Kubernetes, records that they exist, and starts the state machine that waits for them.
 *
 * @returns The operation. It is not IN_PROGRESS when a stop or the deadline has ended it in the meantime.
 * @throws Fault when the objects could not be created. A fault that is retryable leaves a queued command PENDING; every
 *   other fault fails the deploy.
 */
export const applyDeploy = async (
  operation: StoredOperation,
  { command, recorded }: GivenDeploy,
  ports: Ports,
): Promise<AcceptedOperation> => {
  const target = recorded?.target ?? (await getTargetOfDeploy(operation, ports));
  const kubernetes = ports.kubernetes(target);
  const created = await catchFault(async () => {
    const cluster = recorded?.cluster.value ?? (await getCluster(operation, ports.store)).value;
    await assertNoEarlierPods(operation, { cluster, kubernetes });
    const foreign = await findForeignData(operation, { kubernetes, target, cluster });
    if (foreign !== undefined) return foreign;
    const manifests = recorded?.manifests ?? (await renderAgain(operation, command, { target, ports }));
    return kubernetes.apply(manifests, operation.operationId);
  });
  if (created instanceof Fault) return startIfApplied(await failApply(created, operation, { command, ports }), ports);
  if ('refusal' in created) return startIfApplied(await failWithoutObjects(operation, created.refusal, ports), ports);
  // The state machine waits while the operation is PENDING, and ends when the deploy has ended.
  const [applied, started] = await Promise.all([
    catchFault(() => recordApplied(operation, { applied: created, recorded }, ports)),
    catchFault(() => ports.workflows.start('startup', operation)),
  ]);
  // The deploy has not failed: the reconciler resumes it, because its Deployment exists.
  if (applied instanceof Fault) throw withOperationId(applied, operation.operationId);
  const { state } = applied.operation;
  // A stop or the deadline has ended the deploy, so nothing else removes the new objects.
  if (state === 'CANCELED' || state === 'FAILED') await kubernetes.remove({ ...operation, uid: created.uid });
  else if (started instanceof Fault) throw withOperationId(started, operation.operationId);
  return applied;
};

/** Starts the state machine of a deploy whose objects exist. Another deploy stays as it is. */
export const startIfApplied = async (operation: StoredOperation, ports: Ports): Promise<AcceptedOperation> => {
  if (operation.state === 'IN_PROGRESS') await ports.workflows.start('startup', operation);
  return { operation };
};

/** The objects of a deploy that an earlier invocation recorded. */
const renderAgain = async (
  operation: StoredOperation,
  command: DeployCommand,
  { target, ports }: { readonly target: NamedTarget; readonly ports: Ports },
): Promise<ClusterManifests> => {
  const given = withRolloutRestore(command.data, command.rollout?.restore, operation.clusterId);
  const data = withRestoredFrom(given, operation.restoredFrom);
  const suspendedJobId = data.mode === 'application' ? await findSuspendedJobId(operation, ports) : undefined;
  return renderManifests(data, { ...operation, suspendedJobId }, target);
};

/**
 * Reads the target after the deploy was recorded. The removal and the move of a target check the records after they have
 * changed the target, so that one of the two sees the other.
 *
 * @throws Fault `not-found` when the target was removed, `wrong-state` when it was moved. The deploy has failed then, and
 *   holds nothing.
 */
const getTargetOfDeploy = async (operation: StoredOperation, ports: Ports): Promise<NamedTarget> => {
  const target = await catchFault(async () => {
    const latest = await ports.targets.getLatest(operation.target);
    return assertStillThere(latest, (await getCluster(operation, ports.store)).value);
  });
  if (!(target instanceof Fault)) return target;
  if (['not-found', 'wrong-state'].includes(target.code)) await failAndRelease(operation, target, ports);
  throw target;
};

/** @throws Fault `wrong-state` when the target is elsewhere than the cluster was recorded. */
const assertStillThere = (target: NamedTarget, { highAvailabilityData: data }: Cluster): NamedTarget => {
  if (data === undefined || data.place === toPlace(target, 'stage')) return target;
  throw new Fault(
    'wrong-state',
    `Target ${target.name} was moved to another namespace while the deploy was recorded. Repeat it with another idempotency key.`,
  );
};

/** Fails a deploy of which nothing was created, so that no cleanup releases its capacity. */
const failAndRelease = async (operation: StoredOperation, fault: Fault, ports: Ports): Promise<boolean> => {
  const isFailed = await failDeploy(operation.operationId, fault, ports, { from: ['PENDING'] });
  if (isFailed) await commit({ released: [operation] }, ports);
  return isFailed;
};

/** @returns The operation, when another delivery of the same command has ended or advanced it. @throws Fault */
const failWithoutObjects = async (operation: StoredOperation, fault: Fault, ports: Ports): Promise<StoredOperation> => {
  const { operationId } = operation;
  if (await failAndRelease(operation, fault, ports)) throw withOperationId(fault, operationId);
  return (await getOperation(operationId, ports.store)).value;
};

const catchFault = async <T>(work: () => Promise<T>): Promise<T | Fault> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};

const withOperationId = (fault: Fault, operationId: string): Fault => {
  const { code, message, errors, reason, retryAfterSeconds } = fault;
  return new Fault(code, message, { cause: fault, errors, reason, retryAfterSeconds, operationId });
};

/**
 * Fails a deploy whose objects could not be created, and starts its cleanup.
 *
 * @returns The operation, when another delivery of the same command has ended or advanced it.
 * @throws Fault why the objects could not be created.
 */
const failApply = async (
  cause: Fault,
  operation: StoredOperation,
  { command, ports }: { readonly command: DeployCommand; readonly ports: Ports },
): Promise<StoredOperation> => {
  const { operationId } = operation;
  const fault = await removeRemains(cause, operation, ports);
  if (command.origin !== 'http' && toProblem(fault).retryable) throw fault;
  const uid = cause instanceof IncompleteDeployment ? cause.uid : undefined;
  const isFailed = await failDeploy(operationId, fault, ports, { from: ['PENDING'], uid });
  if (!isFailed) return (await getOperation(operationId, ports.store)).value;
  // A Deployment may exist, because the other objects were refused or because its creation got no answer.
  await ports.workflows.start('cleanup', operation);
  throw withOperationId(fault, operationId);
};

/**
 * Resumes a deploy whose Deployment exists, but is not recorded.
 *
 * @returns Whether the Deployment exists.
 */
export const resumeApplied = async (operation: StoredOperation, ports: Ports): Promise<boolean> => {
  const { target, clusterId, operationId } = operation;
  const { deployment } = await ports.kubernetes(await ports.targets.get(target)).observe(clusterId);
  if (deployment?.operationId !== operationId || deployment.deleting) return false;
  // Another delivery of the deploy may be sending the creation again, without knowing that it has had an effect.
  const applied = { uid: deployment.uid, isRepeated: true } as const;
  await startIfApplied((await recordApplied(operation, { applied }, ports)).operation, ports);
  return true;
};

interface AppliedDeploy {
  readonly applied: Applied;
  readonly recorded?: RecordedDeploy | undefined;
}

const recordApplied = (
  operation: StoredOperation,
  { applied: { uid, isRepeated }, recorded }: AppliedDeploy,
  ports: Ports,
): Promise<AcceptedOperation> => {
  let known = recorded;
  return transact<AcceptedOperation>(ports, async () => {
    const { operationId } = operation;
    const [current, cluster] =
      known === undefined
        ? await Promise.all([getOperation(operationId, ports.store), getCluster(operation, ports.store)])
        : [known.operation, known.cluster];
    known = undefined;
    if (current.value.state !== 'PENDING' || cluster.value.operationId !== operationId)
      return { change: recordUid(cluster, { operationId, uid }), result: { operation: current.value } };
    const now = ports.now();
    const next = transitionCluster(cluster.value, 'DEPLOYING', {
      at: now,
      operationId,
      principal: operation.principal,
    });
    const request = findRequest(current.value, 'deploy');
    const fields =
      isRepeated && request !== undefined ? { request: { ...request, createsUntil: computeCreatesUntil(now) } } : {};
    const phase = 'Waiting for the JobManager.';
    const change = transitionOperation(current, { state: 'IN_PROGRESS', phase, fields }, now);
    const value = { ...next.cluster, uid };
    return {
      change: { cluster: { value, previous: cluster.version }, operations: [change], events: next.events },
      result: { operation: change.value, cluster: value },
    };
  });
};
