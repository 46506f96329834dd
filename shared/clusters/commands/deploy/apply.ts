import { isTerminalOperation } from '#events/operation.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit, transact } from '#shared/clusters/store/transact.ts';

import { failDeploy } from './fail.ts';
import { type Deploy, rendered, withJob } from './render.ts';

export const apply = async (operation: StoredOperation, command: Deploy, ports: Ports): Promise<StoredOperation> => {
  // Read behind the record: whoever removes the target at the same time sees the record, or is seen here.
  const target = await orFault(() => ports.targets.current(operation.target));
  if (target instanceof Fault) {
    // Nothing was created, and nobody can be asked to remove anything.
    if (target.code === 'not-found' && (await failDeploy(operation.operationId, target, ports, ['PENDING'])))
      await commit({ released: [operation] }, ports);
    throw target;
  }
  const kubernetes = ports.kubernetes(target);
  const create = () => {
    const manifests = rendered(withJob(command.data, operation.restoredFrom), operation, target);
    return kubernetes.apply(manifests, operation.operationId);
  };
  const created = await orFault(create);
  if (created instanceof Fault) return fail(created, operation, command, ports);
  // When that cannot be written down, the deploy has not failed: it is carried on.
  const next = await withOperation(operation, () => recordApplied(operation, created.uid, ports));
  // Overtaken by a stop, or by its own deadline: what was created has to go again.
  if (next.state === 'CANCELED' || next.state === 'FAILED') await kubernetes.remove(operation.clusterId, created.uid);
  return next;
};

/** @throws what the work does, with the operation that it is about. */
const withOperation = async <T>({ operationId }: StoredOperation, work: () => Promise<T>): Promise<T> => {
  const done = await orFault(work);
  if (!(done instanceof Fault)) return done;
  const { code, message, errors, reason, retryAfterSeconds } = done;
  throw new Fault(code, message, { cause: done, errors, reason, retryAfterSeconds, operationId });
};

/**
 * Goes on with a deploy whose Deployment is there, and of which that could not be written down.
 *
 * @returns Whether there is one.
 */
export const resumeApplied = async (operation: StoredOperation, ports: Ports): Promise<boolean> => {
  const { target, clusterId, operationId } = operation;
  const { deployment } = await ports.kubernetes(await ports.targets.get(target)).observe(clusterId);
  if (deployment?.operationId !== operationId || deployment.deleting) return false;
  const { state } = await recordApplied(operation, deployment.uid, ports);
  if (state === 'IN_PROGRESS') await ports.workflows.start('startup', operationId);
  return true;
};

const orFault = async <T>(work: () => Promise<T>): Promise<T | Fault> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};

/** @throws the fault, unless another delivery of the same command got further. */
const fail = async (
  cause: Fault,
  operation: StoredOperation,
  command: Deploy,
  ports: Ports,
): Promise<StoredOperation> => {
  const fault = await ofRemains(cause, operation, ports);
  if (command.origin !== 'http' && toProblem(fault).retryable) throw fault;
  const isFailed = await failDeploy(operation.operationId, fault, ports, ['PENDING']);
  // Another delivery of the same command got further meanwhile: what this one met is of no account.
  if (!isFailed) return (await getOperation(operation.operationId, ports.store)).value;
  // Whether the API server did what it did not answer is not known: cleanup looks.
  await ports.workflows.start('cleanup', operation.operationId);
  const { code, message, errors, reason, retryAfterSeconds } = fault;
  const { operationId } = operation;
  throw new Fault(code, message, { cause, errors, reason, retryAfterSeconds, operationId });
};

/**
 * A name that is taken by what an earlier deploy of the same place left behind (its removal did not get through)
 * becomes free: the remains are deleted, and the deploy may be tried again.
 */
const ofRemains = async (fault: Fault, operation: StoredOperation, ports: Ports): Promise<Fault> => {
  if (fault.code !== 'id-taken') return fault;
  const kubernetes = ports.kubernetes(await ports.targets.get(operation.target));
  const { deployment } = await kubernetes.observe(operation.clusterId);
  if (deployment?.operationId === undefined || deployment.operationId === operation.operationId) return fault;
  const earlier = (await ports.store.operation(deployment.operationId))?.value;
  const isOurs =
    earlier !== undefined &&
    isTerminalOperation(earlier) &&
    earlier.target === operation.target &&
    earlier.clusterId === operation.clusterId;
  if (!isOurs) return fault;
  await kubernetes.remove(operation.clusterId, deployment.uid);
  return new Fault(
    'not-ready',
    `what operation ${deployment.operationId} left of ${operation.clusterId} is being removed; try again in a moment`,
    { cause: fault, retryAfterSeconds: 5 },
  );
};

const recordApplied = (operation: StoredOperation, uid: string, ports: Ports) =>
  transact<StoredOperation>(ports, async () => {
    const [current, cluster] = await both(operation, ports);
    if (current.value.state !== 'PENDING' || cluster.value.operationId !== operation.operationId)
      return { result: current.value };
    const now = ports.now();
    const next = transitionCluster(cluster.value, 'DEPLOYING', { at: now, operationId: operation.operationId });
    const change = transitionOperation(current, { state: 'IN_PROGRESS', phase: 'waiting for the JobManager' }, now);
    return {
      change: {
        cluster: { value: { ...next.cluster, uid }, previous: cluster.version },
        operations: [change],
        events: next.events,
      },
      result: change.value,
    };
  });

const both = async (
  operation: StoredOperation,
  { store }: Ports,
): Promise<readonly [Versioned<StoredOperation>, Awaited<ReturnType<typeof getCluster>>]> =>
  Promise.all([getOperation(operation.operationId, store), getCluster(operation, store)]);
