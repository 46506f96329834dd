import type { Cluster } from '#events/records/cluster.ts';
import { Fault } from '#events/problems/problem.ts';
import { holdsResources } from '#shared/clusters/model/cluster-states.ts';
import { extendLifetime } from '#shared/clusters/model/lifetime.ts';
import { newOperation, toCaller } from '#shared/clusters/model/operation.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import type { UseCase } from './use-case.ts';

/** The operation is recorded as SUCCEEDED, so this deadline is never reached. */
const deadlineMs = 60_000;

export const extend: UseCase<'extend'> = {
  async record({ target: targetName, clusterId, data, ...command }, keyFor, ports) {
    const target = await ports.targets.get(targetName);
    const clusterRef = { target: targetName, clusterId: clusterId ?? '' };
    const { value: cluster, version } = await getCluster(clusterRef, ports.store);
    assertExtendable(cluster);
    const now = ports.now();
    const operationId = ports.newId();
    const messageToken = ports.newToken();
    const fields = { operationId, kind: 'extend' as const, ...clusterRef, ...toCaller(command), messageToken };
    const operation = {
      ...newOperation(fields, deadlineMs, now),
      state: 'SUCCEEDED' as const,
    };
    const lifetime = extendLifetime(cluster, data, { target, now });
    const extended = { ...cluster, lifetime, updatedAt: now.toISOString() };
    await commit(
      {
        cluster: { value: extended, previous: version },
        operations: [{ value: operation, previous: undefined }],
        ...keyFor(operationId),
      },
      ports,
    );
    return { value: operation, version: 1, cluster: extended };
  },

  advance: async ({ value }) => value,
};

/** @throws Fault `not-ready` while the cluster is QUEUED, `wrong-state` when it is STOPPING or has no objects. */
const assertExtendable = (cluster: Cluster): void => {
  const { clusterId, target, state } = cluster;
  const description = `Cluster ${clusterId} in target ${target} is ${state}.`;
  if (state === 'QUEUED')
    throw new Fault(
      'not-ready',
      `${description} Its lifetime begins when the cluster starts. Retry after the cluster has started.`,
      {
        retryAfterSeconds: 30,
      },
    );
  if (!holdsResources(cluster))
    throw new Fault('wrong-state', `${description} Its lifetime can no longer be extended.`);
};
