import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { LogsKept } from '#events/records/kept-logs.ts';
import { indexName } from '#shared/clusters/model/kept-logs.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { detailOf, listClusters } from './stored.ts';

/** How long an end may wait for its logs, with a second for the invocation of the function. */
const maxSeconds = 11;

/**
 * Of each incarnation that has ended, the logs are kept, or its cluster says why they are not. What it says is true. Each result
 * that is stored with a cluster is stored as an event, too, and published.
 */
export const checkKeptLogs = (world: ModelWorld): readonly string[] => {
  const events = [...world.table.items.values()]
    .filter(({ sk }) => sk.startsWith('event#logs#'))
    .map(({ value }) => detailOf<LogsKept>(value));
  const published = new Set(world.bus.logs.map(({ id }) => id));
  const lost = events.map(({ id }) => id).filter((id) => !published.has(id));
  const late = world.workflows.logSeconds.filter((seconds) => seconds > maxSeconds);
  return [
    ...late.map((seconds) => `an end waited ${seconds} s for its logs`),
    ...lost.map((id) => `event ${id} was not published`),
    ...events
      .filter((event) => event.kept && !world.keptLogs.has({ ...event, name: indexName }))
      .map(
        ({ clusterId, operationId }) =>
          `the logs of ${clusterId} ${operationId} are not kept, although an event says so`,
      ),
    ...listClusters(world).flatMap((cluster) => {
      if (!isTerminalCluster(cluster) || cluster.uid === undefined) return [];
      const { clusterId, operationId, conditions, onFailure, stopOperationId } = cluster;
      if (onFailure === 'keep' && stopOperationId === undefined) return [];
      const condition = conditions.find(({ type }) => type === 'LogsKept');
      return condition === undefined && !world.keptLogs.has({ ...cluster, name: indexName })
        ? [`the logs of ${clusterId} ${operationId} are not kept, and nothing says why`]
        : [];
    }),
  ];
};
