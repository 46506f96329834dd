import type { Command } from '#events/commands/index.ts';
import type { Demand, NamedTarget } from '#events/target.ts';
import { isTerminalOperation, type OperationState } from '#events/operation.ts';
import { isTerminalCluster } from '#events/cluster.ts';
import { Fault, type FieldError, toProblem } from '#events/problem.ts';
import { isHighlyAvailable } from '#shared/flink/cluster-config.ts';
import { type ClusterInput, type ClusterManifests, renderCluster } from '#shared/flink/manifests.ts';
import { canonicalConfig } from '#shared/flink/options.ts';

import type { UseCase } from './accept.ts';
import type { Change, Versioned } from '#shared/clusters/model/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { startLifetime, newLifetime } from '#shared/clusters/model/lifetime.ts';
import { type PendingReason, assertFitsTarget } from '#shared/clusters/model/admission.ts';
import { newQueuedCommand, startOrEnqueue, startTimeoutMs } from '#shared/clusters/admission/queue.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit, transact } from '#shared/clusters/store/transact.ts';
import { advanceOperation, newOperation } from '#shared/clusters/model/operation.ts';
import { restoreOptionsOf, withSavepoint, resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { findJobsToRestore } from '#shared/clusters/restore/restore-jobs.ts';
import { transitionCluster, newCluster } from '#shared/clusters/model/cluster.ts';
import { teamOf } from './submit.ts';

const imageOption = 'kubernetes.container.image.ref';
const namespaceOption = 'kubernetes.namespace';

type Deploy = Command<'deploy'>;

export const deploy: UseCase<'deploy'> = {
  async record(command, key, ports) {
    const target = await ports.targets.get(command.target);
    const operationId = ports.newId();
    const clusterId = command.clusterId ?? generatedId(operationId);
    const clusterRef = { target: target.name, clusterId };
    const restoredFrom = await resolveSavepoint(
      restoreOf(command.data),
      clusterRef.target,
      ports.store,
      '/job/restore',
    );
    const data = withJob(command.data, restoredFrom);
    const { deployment, resources } = rendered(data, { operationId, clusterId }, target);
    const earlier = await ports.store.cluster(clusterRef);
    if (earlier?.value.state === 'STOPPING') {
      throw new Fault(
        'not-ready',
        `cluster ${clusterId} in target ${target.name} is STOPPING: wait until it is STOPPED`,
        {
          operationId: earlier.value.stopOperationId,
          retryAfterSeconds: 5,
        },
      );
    }
    if (earlier !== undefined && !isTerminalCluster(earlier.value)) {
      throw new Fault(
        'id-taken',
        `cluster ${clusterId} in target ${target.name} is ${earlier.value.state}: stop it first, or take another id`,
        {
          errors: [{ pointer: '/clusterId', detail: 'taken' }],
          operationId: earlier.value.operationId,
        },
      );
    }

    const restoredJobs = await findJobsToRestore(command.data.restore, clusterRef, ports);
    const now = ports.now();
    const { mode, onFailure, labels, correlationId, taskToken, restore } = command.data;
    const lifetime = newLifetime(command.data.lifetime, { mode, target, now });
    const claim = newQueuedCommand(
      {
        operationId,
        kind: 'deploy',
        ...clusterRef,
        team: teamOf({ labels }),
        demand: resources.demand,
        ...(earlier?.value.state === 'FAILED' ? { replaces: earlier.value.operationId } : {}),
      },
      { ...command.data, until: lifetime?.until },
      now,
    );
    const operationAt = (pendingReason: PendingReason | undefined): StoredOperation => {
      const { origin } = command;
      const withSavepoint = { restoredFrom, ...(restoredJobs.length === 0 ? {} : { restoredJobs: [...restoredJobs] }) };
      const fields = {
        operationId,
        kind: 'deploy' as const,
        ...clusterRef,
        origin,
        correlationId,
        taskToken,
        ...withSavepoint,
      };
      const plan = {
        deploy: {
          onFailure,
          ...(pendingReason === undefined ? {} : { drafted: true as const }),
          ...(restore === undefined ? {} : { restore: restoreOptionsOf(restore) }),
        },
      };
      const operation = newOperation({ ...fields, ...command.batchItem, plan }, startTimeoutMs.deploy, now);
      return pendingReason === undefined ? operation : { ...operation, state: 'QUEUED', deadline: claim.deadline };
    };
    const changeOf = (pendingReason: PendingReason | undefined): Change => {
      const { cluster, transitions } = newCluster(
        {
          ...clusterRef,
          mode: mode === 'application' ? 'application' : 'session',
          namespace: target.namespace,
          image: deployment.spec?.template.spec?.containers.at(-1)?.image ?? '',
          labels,
          operationId,
          ...(lifetime === undefined
            ? {}
            : { lifetime: pendingReason === undefined ? startLifetime(lifetime, now, target) : lifetime }),
          ...(mode === 'session' ? { taskManagers: resources.taskManagers } : {}),
          pendingReason,
        },
        now,
        earlier?.value,
      );
      return {
        cluster: { value: cluster, previous: earlier?.version },
        operations: [{ value: operationAt(pendingReason), previous: undefined }],
        transitions,
        batchItems: command.batchItem === undefined ? [] : [{ ...command.batchItem, clusterId, operationId }],
        ...key(operationId),
      };
    };
    const pendingReason = await startOrEnqueue(claim, target, changeOf, ports, command.data);
    return { value: operationAt(pendingReason), version: 1 };
  },

  async advance(operation, command, ports, signal) {
    if (operation.value.state === 'QUEUED') return operation.value;
    const applied =
      operation.value.state === 'PENDING' ? await apply(operation.value, command, ports, signal) : operation.value;
    if (applied.state === 'IN_PROGRESS') await ports.workflows.start('startup', applied.operationId);
    return applied;
  },
};

/** A session has no program of its own, and is refused for one. */
export const restoreOf = ({ mode, job }: Deploy['data']) => (mode === 'application' ? job?.restore : undefined);

/** The program as it starts from the savepoint that was found for it when it was recorded. */
export const withJob = (data: Deploy['data'], restoredFrom: string | undefined): Deploy['data'] =>
  data.job === undefined ? data : { ...data, job: withSavepoint(data.job, restoredFrom) };

const apply = async (
  operation: StoredOperation,
  command: Deploy,
  ports: Ports,
  signal: AbortSignal,
): Promise<StoredOperation> => {
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
    return kubernetes.apply(manifests, operation.operationId, signal);
  };
  const created = await orFault(create);
  if (created instanceof Fault) return fail(created, operation, command, ports, signal);
  // When that cannot be written down, the deploy has not failed: it is carried on.
  const next = await withOperation(operation, () => recordApplied(operation, created.uid, ports));
  // Overtaken by a stop, or by its own deadline: what was created has to go again.
  if (next.state === 'CANCELED' || next.state === 'FAILED')
    await kubernetes.remove(operation.clusterId, created.uid, signal);
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
export const resumeApplied = async (
  operation: StoredOperation,
  ports: Ports,
  signal: AbortSignal,
): Promise<boolean> => {
  const { target, clusterId, operationId } = operation;
  const { deployment } = await ports.kubernetes(await ports.targets.get(target)).observe(clusterId, signal);
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
  signal: AbortSignal,
): Promise<StoredOperation> => {
  const fault = await ofRemains(cause, operation, ports, signal);
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
const ofRemains = async (
  fault: Fault,
  operation: StoredOperation,
  ports: Ports,
  signal: AbortSignal,
): Promise<Fault> => {
  if (fault.code !== 'id-taken') return fault;
  const kubernetes = ports.kubernetes(await ports.targets.get(operation.target));
  const { deployment } = await kubernetes.observe(operation.clusterId, signal);
  if (deployment?.operationId === undefined || deployment.operationId === operation.operationId) return fault;
  const earlier = (await ports.store.operation(deployment.operationId))?.value;
  const isOurs =
    earlier !== undefined &&
    isTerminalOperation(earlier) &&
    earlier.target === operation.target &&
    earlier.clusterId === operation.clusterId;
  if (!isOurs) return fault;
  await kubernetes.remove(operation.clusterId, deployment.uid, signal);
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
    const change = advanceOperation(current, { state: 'IN_PROGRESS', phase: 'waiting for the JobManager' }, now);
    return {
      change: {
        cluster: { value: { ...next.cluster, uid }, previous: cluster.version },
        operations: [change],
        transitions: next.transitions,
      },
      result: change.value,
    };
  });

/**
 * Ends a deploy and its cluster in failure, unless they ended already or a stop has the cluster.
 *
 * @param from The states of a deploy that is ended so.
 * @returns Whether it is ended now.
 */
export const failDeploy = (
  operationId: string,
  fault: Fault,
  ports: Ports,
  from: readonly OperationState[] = ['PENDING', 'IN_PROGRESS'],
): Promise<boolean> =>
  transact(ports, async () => {
    const operation = await getOperation(operationId, ports.store);
    const cluster = await getCluster(operation.value, ports.store);
    const now = ports.now();
    const open = from.includes(operation.value.state);
    if (!open || cluster.value.operationId !== operationId || !['REQUESTED', 'DEPLOYING'].includes(cluster.value.state))
      return { result: false };
    const next = transitionCluster(cluster.value, 'FAILED', {
      at: now,
      operationId,
      reason: fault.reason ?? fault.code,
      message: fault.message,
    });
    const change: Change = {
      cluster: { value: next.cluster, previous: cluster.version },
      operations: [
        advanceOperation(
          operation,
          { state: 'FAILED', problem: toProblem(fault, `/v1/operations/${operationId}`) },
          now,
        ),
      ],
      transitions: next.transitions,
    };
    return { change, result: true };
  });

const both = async (
  operation: StoredOperation,
  { store }: Ports,
): Promise<readonly [Versioned<StoredOperation>, Awaited<ReturnType<typeof getCluster>>]> =>
  Promise.all([getOperation(operation.operationId, store), getCluster(operation, store)]);

/** The objects that the command stands for, here. Every mistake in it is found now. */
const rendered = (
  data: Deploy['data'],
  { operationId, clusterId }: Pick<StoredOperation, 'operationId' | 'clusterId'>,
  target: NamedTarget,
): ClusterManifests =>
  renderCluster({ ...inputOf(data, clusterId, target), drey: ownSettings(data, target, operationId) });

/** @throws Fault with every mistake in the data of a deploy */
export const validateDeploy = (
  data: Deploy['data'],
  ids: Parameters<typeof rendered>[1],
  target: NamedTarget,
  now: Date,
): void => {
  const { demand } = rendered(data, ids, target).resources;
  assertFitsTarget({ demand, team: teamOf(data) }, target);
  newLifetime(data.lifetime, { mode: data.mode, target, now });
};

/** What the pods of a deploy will ask for. @throws Fault */
export const demandOfDeploy = (...args: Parameters<typeof rendered>): Demand => rendered(...args).resources.demand;

/**
 * What a deploy asks the renderer for.
 *
 * @throws Fault `unsupported-mode` or `refused-option` for what the target does not allow.
 */
export const inputOf = (data: Deploy['data'], clusterId: string, target: NamedTarget): ClusterInput => {
  const { mode, image, config, job, restore, flinkVersion, podTemplates, files, hadoop, kerberos } = data;
  if (mode === 'per-job') throw refusedMode();
  if (mode === 'application' && restore !== undefined) throw misplacedRestore();
  const own = canonicalConfig({ ...config, ...(image === undefined ? {} : { [imageOption]: image }) });
  const refused = refusals(own, clusterId, target);
  if (refused.length > 0)
    throw new Fault('refused-option', refused.map(({ detail }) => detail).join('; '), { errors: refused });
  const { namespace, defaults } = target;
  const given = { job, flinkVersion, podTemplates, files, hadoop, kerberos };
  return { ...given, mode, clusterId, namespace, defaults, config: own };
};

/**
 * What keeps an application's verdict readable: its cluster stays until the verdict is recorded, its job has the
 * operation's id, and with high availability a main() that throws becomes a job too (without, Flink would not start).
 */
const ownSettings = ({ mode, config }: Deploy['data'], { defaults }: NamedTarget, operationId: string) => {
  if (mode !== 'application') return {};
  const asked = { ...canonicalConfig(defaults), ...canonicalConfig(config) };
  return {
    '$internal.pipeline.job-id': operationId,
    'execution.shutdown-on-application-finish': 'false',
    ...(isHighlyAvailable(asked) ? { 'execution.submit-failed-job-on-application-error': 'true' } : {}),
  };
};

const refusedMode = () =>
  new Fault('unsupported-mode', 'Per-Job Mode not supported by Active Kubernetes deployments.', {
    errors: [{ pointer: '/mode', detail: 'session and application are what there is' }],
  });

const misplacedRestore = () => {
  const detail = 'is of a session; an application has it as a member of its job';
  return new Fault('malformed-request', `/restore: ${detail}`, { errors: [{ pointer: '/restore', detail }] });
};

const refusals = (
  config: Readonly<Record<string, string>>,
  clusterId: string,
  target: NamedTarget,
): readonly FieldError[] => [
  ...(config[namespaceOption] === undefined || config[namespaceOption] === target.namespace
    ? []
    : [
        {
          pointer: `/config/${namespaceOption}`,
          detail: `target ${target.name} deploys to namespace ${target.namespace}; leave ${namespaceOption} out`,
        },
      ]),
  ...(config['kubernetes.cluster-id'] === undefined || config['kubernetes.cluster-id'] === clusterId
    ? []
    : [
        {
          pointer: '/config/kubernetes.cluster-id',
          detail: `kubernetes.cluster-id is not the id of the command, ${clusterId}`,
        },
      ]),
  ...Object.keys(config)
    .filter((key) => target.locked.some((lock) => isLocked(key, lock)))
    .map((key) => ({ pointer: `/config/${key}`, detail: `target ${target.name} does not let ${key} be set` })),
];

/** A lock holds under the option's every name, and for what a map has below it (`kubernetes.secrets.NAME`). */
const isLocked = (key: string, lock: string) => {
  const [name = lock] = Object.keys(canonicalConfig({ [lock.replace(/\.\*$/, '')]: '' }));
  return key.startsWith(`${name}.`) || (key === name && !lock.endsWith('.*'));
};

/** As long as Flink makes them: 45 characters. */
export const generatedId = (operationId: string) => `flink-cluster-${operationId.slice(0, 31)}`;
