import { type Cluster, isTerminalCluster } from '#events/records/cluster.ts';
import type { ClusterLifetime } from '#events/lifetime.ts';
import type { ClusterRef } from '#events/names.ts';
import type { RestoredJob } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { newQueuedCommand } from '#shared/clusters/admission/queued-command.ts';
import { getTeam } from '#shared/clusters/commands/assertions.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { newStoppingFault } from '#shared/clusters/model/cluster-states.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findJobsToRestore } from '#shared/clusters/restore/restore-jobs.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { toText } from '#shared/flink/config.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';
import { restorePathOption } from '#shared/flink/option-names/restore.ts';

import {
  type DeployCommand,
  findProgramRestore,
  generateClusterId,
  renderManifests,
  withRestoredFrom,
} from './render.ts';

/** A valid deploy, with everything that its records need. */
export interface PreparedDeploy {
  readonly command: DeployCommand;
  readonly queuedCommand: QueuedCommand;
  readonly target: NamedTarget;
  readonly operationId: string;
  readonly messageToken: string;
  readonly clusterRef: ClusterRef;
  /** The previous incarnation of the cluster id. It is terminal. */
  readonly previous: Versioned<Cluster> | undefined;
  readonly manifests: ClusterManifests;
  readonly lifetime: ClusterLifetime | undefined;
  /** The savepoint that an application starts from. */
  readonly restoredFrom: string | undefined;
  /** The jobs that a session restores. */
  readonly restoredJobs: readonly RestoredJob[];
  readonly now: Date;
}

/**
 * Validates a deploy against its target and the records, and renders its objects.
 *
 * @throws Fault for every mistake of the caller, `id-taken` while a cluster has the id, `not-ready` while it is STOPPING.
 */
export const prepareDeploy = async (command: DeployCommand, ports: Ports): Promise<PreparedDeploy> => {
  const target = await ports.targets.get(command.target);
  const operationId = ports.newId();
  const clusterId = command.clusterId ?? generateClusterId(operationId);
  const clusterRef = { target: target.name, clusterId };
  const savepoint = await resolveSavepoint(
    findProgramRestore(command.data),
    { target: target.name, config: command.data.config, pointer: '/job/restore' },
    ports.store,
  );
  const manifests = renderManifests(withRestoredFrom(command.data, savepoint), { operationId, clusterId }, target);
  const previous = await ports.store.cluster(clusterRef);
  assertIdFree(previous?.value);
  const restoredJobs = await findJobsToRestore(command.data.restore, clusterRef, ports);
  const now = ports.now();
  const { mode, labels } = command.data;
  const lifetime = newLifetime(command.data.lifetime, { mode, target, now });
  const queuedCommand = newQueuedCommand(
    {
      operationId,
      kind: 'deploy',
      ...clusterRef,
      principal: command.principal,
      team: getTeam({ labels }),
      demand: manifests.resources.demand,
      ...(previous?.value.state === 'FAILED' ? { replaces: previous.value.operationId } : {}),
    },
    { ...command.data, until: lifetime?.until },
    now,
  );
  return {
    command,
    queuedCommand,
    target,
    operationId,
    messageToken: ports.newToken(),
    clusterRef,
    previous,
    manifests,
    lifetime,
    restoredFrom: findRestoredFrom(manifests),
    restoredJobs,
    now,
  };
};

const findRestoredFrom = ({ config }: ClusterManifests): string | undefined => {
  const path = config[restorePathOption]?.value;
  return path === undefined ? undefined : toText(path);
};

/** @throws Fault `not-ready` while the cluster is STOPPING, `id-taken` while it is live. */
const assertIdFree = (cluster: Cluster | undefined): void => {
  if (cluster === undefined || isTerminalCluster(cluster)) return;
  if (cluster.state === 'STOPPING') throw newStoppingFault(cluster);
  const { clusterId, target, state, operationId } = cluster;
  throw new Fault(
    'id-taken',
    `Cluster ${clusterId} in target ${target} is ${state}. Stop it first, or choose another cluster id.`,
    { errors: [{ pointer: '/clusterId', detail: 'The cluster id is taken.' }], operationId },
  );
};
