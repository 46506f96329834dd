import type { Cluster } from '#events/records/cluster.ts';
import type { RolloutStep } from '#events/commands/index.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { ClusterLifetime } from '#events/lifetime.ts';
import type { ClusterRef } from '#events/names.ts';
import type { RestoredJob } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { newQueuedCommand } from '#shared/clusters/admission/queued-command.ts';
import { getTeam } from '#shared/clusters/commands/assertions.ts';
import type { QueuedCommand, QueueHead } from '#shared/clusters/model/admission/queue.ts';
import { newStoppingFault } from '#shared/clusters/model/cluster-states.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findJobsToRestore } from '#shared/clusters/restore/restore-jobs.ts';
import { toSpec } from '#shared/clusters/model/revision.ts';
import { isInRollout, newRolloutFault } from '#shared/clusters/model/rollout.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { markRestored } from '#shared/clusters/restore/snapshot.ts';
import { isLimited } from '#shared/clusters/model/admission/quota.ts';
import { toText } from '#shared/flink/config.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';
import { restorePathOption } from '#shared/flink/option-names/restore.ts';

import {
  type DeployCommand,
  findHighAvailabilityDirectory,
  findProgramRestore,
  generateClusterId,
  renderManifests,
  withRestoredFrom,
} from './render.ts';
import { withRolloutRestore } from './rollout-restore.ts';
import type { StoredSpec } from './stored-spec.ts';

/** A valid deploy, with everything that its records need. */
export interface PreparedDeploy {
  readonly command: DeployCommand;
  /** The data to render: that of the command, with the state that a rollout starts from. */
  readonly data: DeployCommand['data'];
  readonly queuedCommand: QueuedCommand;
  readonly target: NamedTarget;
  readonly queueHead: QueueHead;
  readonly operationId: string;
  readonly messageToken: string;
  readonly clusterRef: ClusterRef;
  /** The previous incarnation of the cluster id. It is terminal. */
  readonly previous: Versioned<Cluster> | undefined;
  readonly manifests: ClusterManifests;
  readonly lifetime: ClusterLifetime | undefined;
  /** The savepoint that an application starts from. */
  readonly restoredFrom: string | undefined;
  /** The write to the snapshot that the deploy names to start from. */
  readonly restored: Pick<Change, 'snapshots'>;
  /** The jobs that a session restores. */
  readonly restoredJobs: readonly RestoredJob[];
  readonly now: Date;
}

/**
 * Validates a deploy against its target and the records, renders its objects, and stores its spec.
 *
 * @param storedSpec Receives the spec once the deploy is known to be valid, apart from what the records say.
 * @throws Fault for every mistake of the caller, `id-taken` while a cluster has the id, `not-ready` while it is STOPPING.
 */
export const prepareDeploy = async (
  command: DeployCommand,
  storedSpec: StoredSpec,
  ports: Ports,
): Promise<PreparedDeploy> => {
  const target = await ports.targets.get(command.target);
  const operationId = ports.newId();
  const clusterId = command.clusterId ?? generateClusterId(operationId);
  const clusterRef = { target: target.name, clusterId };
  // The credentials have the name of the operation. A deploy that may have to wait does not need them yet.
  if (!isLimited(target))
    ports.withOperation({ operationId, principal: command.principal }).kubernetes(target).connect();
  const ids = { operationId, clusterId };
  const now = ports.now();
  const data = withRolloutRestore(command.data, command.rollout?.restore, clusterId);
  const lifetime = findLifetime(command, target, now);
  const storeSpec = () => storedSpec.put(operationId, toSpec(command.data, clusterId));
  const { previous, queueHead, rendered } = await readAndRender(data, { ids, target, storeSpec }, ports);
  assertIdFree(previous?.value, command.rollout);
  const manifests =
    previous === undefined ? rendered.manifests : await withRecoveredJob(rendered, { ids, target }, ports);
  const { fromOperationId } = command.rollout?.restore ?? {};
  const restoredJobs = await findJobsToRestore(data.restore, clusterRef, ports, fromOperationId);
  const queuedCommand = queueDeploy(command, {
    operationId,
    clusterRef,
    demand: manifests.resources.demand,
    previous,
    lifetime,
    now,
  });
  const restoring = { target: target.name, pointer: '/job/restore', operationId };
  return {
    command,
    data,
    queuedCommand,
    target,
    queueHead,
    operationId,
    messageToken: ports.newToken(),
    clusterRef,
    previous,
    manifests,
    lifetime,
    restoredFrom: findRestoredFrom(manifests),
    restored: await markRestored(findProgramRestore(data), restoring, ports.store),
    restoredJobs,
    now,
  };
};

/** The lifetime that a rollback keeps, or that of the spec. @throws Fault as {@link newLifetime} does. */
const findLifetime = ({ data, rollout }: DeployCommand, target: NamedTarget, now: Date) =>
  rollout?.lifetime ?? newLifetime(data.lifetime, { mode: data.mode, target, now, startsLate: rollout?.startsLate });

interface QueueFields extends Pick<PreparedDeploy, 'operationId' | 'clusterRef' | 'previous' | 'lifetime' | 'now'> {
  readonly demand: QueuedCommand['demand'];
}

/** The deploy as a command of the admission queue. */
const queueDeploy = (
  { data, principal, rollout }: DeployCommand,
  { operationId, clusterRef, demand, previous, lifetime, now }: QueueFields,
): QueuedCommand =>
  newQueuedCommand(
    {
      operationId,
      kind: 'deploy',
      ...clusterRef,
      principal,
      team: getTeam(data),
      demand,
      ...(previous !== undefined && leavesCapacity(previous.value) ? { replaces: previous.value.operationId } : {}),
    },
    { ...data, until: rollout?.startsLate === true ? undefined : lifetime?.until },
    now,
  );

interface Rendered {
  /** The deploy with the savepoint that its program is restored from. */
  readonly data: DeployCommand['data'];
  readonly manifests: ClusterManifests;
}

interface RenderOptions {
  readonly ids: Pick<StoredOperation, 'operationId' | 'clusterId'>;
  readonly target: NamedTarget;
}

/** Reads the records of a deploy, and concurrently renders its objects and stores its spec. */
const readAndRender = async (
  data: DeployCommand['data'],
  { ids, target, storeSpec }: RenderOptions & { readonly storeSpec: () => Promise<void> },
  ports: Ports,
) => {
  const { store } = ports;
  const reads = Promise.all([
    store.cluster({ target: target.name, clusterId: ids.clusterId }),
    store.queueHead(target.name),
  ]);
  const rendering = renderRestored(data, { ids, target }, ports).then(async (rendered) => {
    await storeSpec();
    return rendered;
  });
  // After a failure of one of them, nothing stores the spec later.
  await Promise.allSettled([reads, rendering]);
  const rendered = await rendering;
  const [previous, queueHead] = await reads;
  return { previous, queueHead, rendered };
};

/** Renders the objects with the savepoint that the program is restored from. @throws Fault for mistakes of the caller. */
const renderRestored = async (
  given: DeployCommand['data'],
  { ids, target }: RenderOptions,
  { store }: Ports,
): Promise<Rendered> => {
  const options = { target: target.name, config: given.config, pointer: '/job/restore' };
  const data = withRestoredFrom(given, await resolveSavepoint(findProgramRestore(given), options, store));
  return { data, manifests: renderManifests(data, ids, target) };
};

/**
 * The objects of an application that recovers a job of the previous incarnation, if there is one. The jobs of an
 * incarnation that is terminal no longer change.
 */
const withRecoveredJob = async (
  { data, manifests }: Rendered,
  { ids, target }: RenderOptions,
  ports: Ports,
): Promise<ClusterManifests> => {
  if (data.mode !== 'application' || findHighAvailabilityDirectory(manifests, ids.clusterId) === undefined)
    return manifests;
  const suspendedJobId = await findSuspendedJobId({ target: target.name, clusterId: ids.clusterId }, ports);
  return suspendedJobId === undefined ? manifests : renderManifests(data, { ...ids, suspendedJobId }, target);
};

/** The first job that the last incarnation of the cluster left to be recovered from its high-availability data. */
export const findSuspendedJobId = async (
  clusterRef: ClusterRef,
  { store }: Pick<Ports, 'store'>,
): Promise<string | undefined> => {
  const jobs = (await store.jobs(clusterRef)).map(({ value }) => value);
  const suspended = jobs.filter(({ state }) => state === 'SUSPENDED');
  return suspended.toSorted((one, other) => (one.startTime < other.startTime ? -1 : 1))[0]?.jobId;
};

const findRestoredFrom = ({ config }: ClusterManifests): string | undefined => {
  const path = config[restorePathOption]?.value;
  return path === undefined ? undefined : toText(path);
};

/** Whether the next incarnation takes over the capacity of this one. */
const leavesCapacity = ({ state }: Cluster): boolean => state === 'FAILED' || state === 'UPGRADING';

/**
 * @throws Fault `not-ready` while the cluster is STOPPING or in a rollout, `id-taken` while it is live, `superseded` for a
 *   deploy whose rollout has ended.
 */
const assertIdFree = (cluster: Cluster | undefined, rollout: RolloutStep | undefined): void => {
  if (rollout !== undefined) return assertFreeForRollout(cluster, rollout);
  if (cluster === undefined) return;
  if (cluster.rollout !== undefined) throw newRolloutFault(cluster);
  if (isTerminalCluster(cluster)) return;
  if (cluster.state === 'STOPPING') throw newStoppingFault(cluster);
  const { clusterId, target, state, operationId } = cluster;
  throw new Fault(
    'id-taken',
    `Cluster ${clusterId} in target ${target} is ${state}. Stop it first, or choose another cluster id.`,
    { errors: [{ pointer: '/clusterId', detail: 'The cluster id is taken.' }], operationId },
  );
};

const assertFreeForRollout = (cluster: Cluster | undefined, { operationId }: RolloutStep): void => {
  // The lock of a rollout is in the record of its cluster, so that an ID without a record has none.
  if (cluster === undefined || (isInRollout(cluster, operationId) && !hasIncarnation(cluster))) return;
  const { clusterId, target, state } = cluster;
  throw new Fault(
    'superseded',
    `Cluster ${clusterId} in target ${target} is ${state}, and no longer waits for the rollout.`,
  );
};
