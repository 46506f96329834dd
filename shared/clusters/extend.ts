import { Fault } from '#events/problem.ts';

import type { UseCase } from './accept.ts';
import { extended } from './lifetime.ts';
import { clusterAt, commit, isThere, newOperation } from './records.ts';

/** It is done with its record. */
const deadlineMs = 60_000;

export const extend: UseCase<'extend'> = {
  async record({ target: name, clusterId, data, door }, key, ports) {
    const target = await ports.targets.get(name);
    const place = { target: name, clusterId: clusterId ?? '' };
    const { value: cluster, version } = await clusterAt(place, ports.store);
    if (cluster.state === 'QUEUED')
      throw new Fault(
        'not-ready',
        `cluster ${place.clusterId} in target ${name} waits: its time begins when it starts`,
        {
          retryAfterSeconds: 30,
        },
      );
    if (!(await isThere(cluster, ports.store)))
      throw new Fault(
        'wrong-state',
        `cluster ${place.clusterId} in target ${name} is ${cluster.state}: it is too late`,
      );
    const now = ports.now();
    const operationId = ports.newId();
    const operation = {
      ...newOperation({ operationId, kind: 'extend', ...place, door }, deadlineMs, now),
      state: 'SUCCEEDED' as const,
    };
    const lifetime = extended(cluster, data, target, now);
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
