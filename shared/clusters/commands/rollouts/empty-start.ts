import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { findHighAvailabilityDirectory, renderConfig } from '#shared/clusters/commands/deploy/render.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findStartState, listEmptyStartWarnings } from '#shared/clusters/restore/start-state.ts';
import { restorePathOption } from '#shared/flink/option-names/restore.ts';

interface Place {
  readonly cluster: Cluster | undefined;
  readonly target: NamedTarget;
}

/** The warnings of an apply to a cluster that has ended, which is a new deploy. */
export const listStartWarnings = async (
  spec: RevisionSpec | undefined,
  { cluster, target }: Place,
  ports: Pick<Ports, 'store' | 'now'>,
): Promise<readonly string[]> => {
  if (spec === undefined || cluster === undefined || !isTerminalCluster(cluster)) return [];
  const { clusterId } = cluster;
  const config = renderConfig(spec, clusterId, target) ?? {};
  const isNamed = (spec.job?.restore ?? spec.restore) !== undefined || Object.hasOwn(config, restorePathOption);
  const state = await findStartState(
    {
      clusterRef: cluster,
      ended: cluster,
      restore: isNamed ? {} : undefined,
      isHighlyAvailable: findHighAvailabilityDirectory({ config }, clusterId) !== undefined,
    },
    ports,
  );
  return listEmptyStartWarnings(state, { ended: cluster, clusterId });
};
