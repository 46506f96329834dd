import type { Cluster } from '#events/records/cluster.ts';

import { operation as newOperation, time } from './operation-fixture.ts';

/** The records of a session `etl` with a lifetime, which its deploy has started. */
export const id = 'a'.repeat(32);
export { time };
export const clusters = '/v1/targets/local/clusters';
export const operation = newOperation({ operationId: id, clusterId: 'etl' });
export const cluster: Cluster = {
  target: 'local',
  clusterId: 'etl',
  mode: 'session',
  state: 'RUNNING',
  namespace: 'flink',
  image: 'flink:2.2',
  flinkVersion: '2.2',
  labels: {},
  conditions: [],
  sequence: 3,
  operationId: id,
  lifetime: {
    version: 2,
    ttl: '4h',
    endsAt: '2026-11-24T16:00:00.000Z',
    idleAfter: '2h',
    savepoint: 'best-effort',
    ha: 'keep',
    warnBefore: '10min',
  },
  createdAt: time,
  updatedAt: time,
};
export const deploys = {
  [`POST ${clusters}`]: { status: 202, body: { operation, cluster } },
  [`GET ${clusters}/etl`]: { body: cluster },
};
