import { Fault } from '#events/problem.ts';
import { extendLifetime } from '#shared/clusters/model/lifetime.ts';
import { newOperation } from '#shared/clusters/model/operation.ts';
import { getCluster, holdsResources } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import type { UseCase } from './use-case.ts';

/** It is done with its record. */
const deadlineMs = 60_000;

export const extend: UseCase<'extend'> = {
  async record({ target: name, clusterId, data, origin }, key, ports) {
    const target = await ports.targets.get(name);
    const clusterRef = { target: name, clusterId: clusterId ?? '' };
    const { value: cluster, version } = await getCluster(clusterRef, ports.store);
    if (cluster.state === 'QUEUED')
      throw new Fault(
        'not-ready',
        `cluster ${clusterRef.clusterId} in target ${name} waits: its time begins when it starts`,
        {
          retryAfterSeconds: 30,
        },
      );
    if (!(await holdsResources(cluster, ports.store)))
      throw new Fault(
        'wrong-state',
        `cluster ${clusterRef.clusterId} in target ${name} is ${cluster.state}: it is too late`,
      );
    const now = ports.now();
    const operationId = ports.newId();
    const operation = {
      ...newOperation({ operationId, kind: 'extend', ...clusterRef, origin }, deadlineMs, now),
      state: 'SUCCEEDED' as const,
    };
    const lifetime = extendLifetime(cluster, data, target, now);
    await commit(
      {
        cluster: { value: { ...cluster, lifetime, updatedAt: now.toISOString() }, previous: version },
        operations: [{ value: operation, previous: undefined }],
        ...key(operationId),
      },
      ports,
    );
    return { value: operation, version: 1 };
  },

  advance: async ({ value }) => value,
};
