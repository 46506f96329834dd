import type { Command } from '#events/commands/index.ts';
import { isOver, type NamedTarget } from '#events/model.ts';
import { Fault, type Mistake, toProblem } from '#events/problem.ts';
import { type ClusterManifests, renderCluster } from '#shared/flink/manifests.ts';
import { canonicalConfig } from '#shared/flink/options.ts';

import type { UseCase } from './accept.ts';
import type { Change, Ports, StoredOperation, Versioned } from './ports.ts';
import { clusterAt, newOperation, operationOf, progressed, update } from './records.ts';
import { moved, requested } from './state.ts';

/** How long a cluster may take to come up: a node may have to be started and a large image pulled. */
const deadlineMs = 10 * 60_000;

const imageOption = 'kubernetes.container.image.ref';
const namespaceOption = 'kubernetes.namespace';

type Deploy = Command<'deploy'>;

export const deploy: UseCase<'deploy'> = {
  async record(command, key, ports) {
    const target = await ports.targets.get(command.target);
    const operationId = ports.newId();
    const clusterId = command.clusterId ?? generatedId(operationId);
    const place = { target: target.name, clusterId };
    const { deployment } = rendered(command, clusterId, target);
    const earlier = await ports.store.cluster(place);
    if (earlier !== undefined && !isOver(earlier.value)) {
      throw new Fault(
        'id-taken',
        `cluster ${clusterId} in target ${target.name} is ${earlier.value.state}: stop it first, or take another id`,
        {
          errors: [{ pointer: '/clusterId', detail: 'taken' }],
          operationId: earlier.value.operationId,
        },
      );
    }

    const now = ports.now();
    const { cluster, transitions } = requested(
      {
        ...place,
        mode: 'session',
        namespace: target.namespace,
        image: deployment.spec?.template.spec?.containers.at(-1)?.image ?? '',
        labels: command.data.labels,
        operationId,
      },
      now,
      earlier?.value,
    );
    const operation = newOperation({ operationId, kind: 'deploy', ...place, door: command.door }, deadlineMs, now);
    await ports.store.commit({
      cluster: { value: cluster, previous: earlier?.version },
      operations: [{ value: operation, previous: undefined }],
      transitions,
      ...key(operationId),
    });
    return { value: operation, version: 1 };
  },

  async advance(operation, command, ports, signal) {
    const applied =
      operation.value.state === 'PENDING' ? await apply(operation.value, command, ports, signal) : operation.value;
    if (applied.state === 'IN_PROGRESS') await ports.machines.start('lifecycle', applied.operationId);
    return applied;
  },
};

const apply = async (
  operation: StoredOperation,
  command: Deploy,
  ports: Ports,
  signal: AbortSignal,
): Promise<StoredOperation> => {
  const target = await ports.targets.get(operation.target);
  const kubernetes = ports.kubernetes(target);
  try {
    const { uid } = await kubernetes.apply(
      rendered(command, operation.clusterId, target),
      operation.operationId,
      signal,
    );
    const next = await recordApplied(operation, uid, ports);
    // Overtaken by a stop, or by its own deadline: what was created has to go again.
    if (next.state === 'CANCELED' || next.state === 'FAILED') await kubernetes.remove(operation.clusterId, uid, signal);
    return next;
  } catch (error) {
    if (!(error instanceof Fault) || (command.door === 'queue' && toProblem(error).retryable)) throw error;
    await recordFailure(operation, error, ports);
    const { code, message, errors, reason, retryAfterSeconds } = error;
    throw new Fault(code, message, {
      cause: error,
      errors,
      reason,
      retryAfterSeconds,
      operationId: operation.operationId,
    });
  }
};

const recordApplied = (operation: StoredOperation, uid: string, ports: Ports) =>
  update<StoredOperation>(ports.store, async () => {
    const [current, cluster] = await both(operation, ports);
    if (current.value.state !== 'PENDING' || cluster.value.operationId !== operation.operationId)
      return { result: current.value };
    const now = ports.now();
    const next = moved(cluster.value, 'DEPLOYING', { at: now, operationId: operation.operationId });
    const change = progressed(current, { state: 'IN_PROGRESS', phase: 'waiting for the JobManager' }, now);
    return {
      change: {
        cluster: { value: { ...next.cluster, uid }, previous: cluster.version },
        operations: [change],
        transitions: next.transitions,
      },
      result: change.value,
    };
  });

const recordFailure = async (operation: StoredOperation, fault: Fault, ports: Ports) => {
  await failDeploy(operation.operationId, fault, ports);
  // Whether the API server did what it did not answer is not known: cleanup looks.
  await ports.machines.start('cleanup', operation.operationId);
};

/** Ends a deploy and its cluster in failure, unless they ended already or a stop has the cluster. */
export const failDeploy = (operationId: string, fault: Fault, ports: Ports): Promise<void> =>
  update(ports.store, async () => {
    const operation = await operationOf(operationId, ports.store);
    const cluster = await clusterAt(operation.value, ports.store);
    const now = ports.now();
    const open = operation.value.state === 'PENDING' || operation.value.state === 'IN_PROGRESS';
    if (!open || cluster.value.operationId !== operationId || !['REQUESTED', 'DEPLOYING'].includes(cluster.value.state))
      return { result: undefined };
    const next = moved(cluster.value, 'FAILED', {
      at: now,
      operationId,
      reason: fault.reason ?? fault.code,
      message: fault.message,
    });
    const change: Change = {
      cluster: { value: next.cluster, previous: cluster.version },
      operations: [
        progressed(operation, { state: 'FAILED', problem: toProblem(fault, `/v1/operations/${operationId}`) }, now),
      ],
      transitions: next.transitions,
    };
    return { change, result: undefined };
  });

const both = async (
  operation: StoredOperation,
  { store }: Ports,
): Promise<readonly [Versioned<StoredOperation>, Awaited<ReturnType<typeof clusterAt>>]> =>
  Promise.all([operationOf(operation.operationId, store), clusterAt(operation, store)]);

/** The objects that the command stands for, here. Every mistake in it is found now. */
const rendered = ({ data }: Deploy, clusterId: string, target: NamedTarget): ClusterManifests => {
  if (data.mode !== 'session') throw refusedMode(data.mode);
  const own = canonicalConfig({ ...data.config, ...(data.image === undefined ? {} : { [imageOption]: data.image }) });
  const refused = refusals(own, clusterId, target);
  if (refused.length > 0)
    throw new Fault('refused-option', refused.map(({ detail }) => detail).join('; '), { errors: refused });
  return renderCluster({
    mode: 'session',
    clusterId,
    namespace: target.namespace,
    config: { ...canonicalConfig(target.defaults), ...own },
  });
};

const refusedMode = (mode: 'application' | 'per-job') =>
  new Fault(
    'unsupported-mode',
    mode === 'per-job'
      ? 'Per-Job Mode not supported by Active Kubernetes deployments.'
      : 'this version deploys sessions only, not applications',
    { errors: [{ pointer: '/mode', detail: 'session is what there is' }] },
  );

const refusals = (
  config: Readonly<Record<string, string>>,
  clusterId: string,
  target: NamedTarget,
): readonly Mistake[] => [
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
const generatedId = (operationId: string) => `flink-cluster-${operationId.slice(0, 31)}`;
