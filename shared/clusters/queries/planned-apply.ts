import type { CommandData } from '#events/commands/index.ts';
import { type ApplyOptions, defaultApplyOptions } from '#events/commands/rollouts.ts';
import type { PlanRequest } from '#events/http/plans.ts';
import { isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { generateClusterId } from '#shared/clusters/commands/deploy/render.ts';
import { withRolloutRestore } from '#shared/clusters/commands/deploy/rollout-restore.ts';
import {
  assertPossibleInPlace,
  type Comparison,
  compareWithRevision,
  restartsNothing,
} from '#shared/clusters/commands/rollouts/compare.ts';
import { assertOptions } from '#shared/clusters/commands/rollouts/intent.ts';
import { assertModeKept, assertSnapshotPossible, findLock } from '#shared/clusters/commands/rollouts/plan-rollout.ts';
import { toSpec } from '#shared/clusters/model/revision.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';

/** The apply that a plan is about. */
export interface PlannedApply {
  readonly clusterId: string;
  readonly target: NamedTarget;
  readonly options: ApplyOptions;
  readonly records: ClusterRecords | undefined;
  /** Undefined: the ID never had one. */
  readonly cluster: Cluster | undefined;
  readonly spec: RevisionSpec;
  /** Undefined: no live cluster has the ID, or the spec of its revision is not stored. */
  readonly compared: Comparison | undefined;
  /** Whether the apply restarts nothing that runs. */
  readonly keepsRunning: boolean;
  /** The deploy that the apply leads to, with the state that the spec names, if the apply starts from that. */
  readonly data: CommandData<'deploy'>;
}

/** Reads what an apply of the request would change. @throws Fault `malformed-request` for a time that is too long. */
export const readPlannedApply = async (
  target: NamedTarget,
  { rollout: options = defaultApplyOptions, ...given }: Omit<PlanRequest, 'revision'>,
  ports: Ports,
): Promise<PlannedApply> => {
  assertOptions(options, '/rollout');
  const clusterId = given.clusterId ?? generateClusterId(ports.newId());
  const records = await ports.store.clusterWithJobs({ target: target.name, clusterId });
  const cluster = records?.cluster.value;
  const spec = toSpec(given, clusterId);
  const compared = await compareWithRevision(spec, { cluster, target }, ports);
  const keepsRunning = compared !== undefined && restartsNothing(compared, cluster, options);
  // An apply of a live cluster takes the state of the cluster, whatever the spec says about state, unless it drops that state.
  const isNew = cluster === undefined || isTerminalCluster(cluster);
  const namesState = isNew || (!keepsRunning && options.state === 'none');
  const data = namesState ? given : withRolloutRestore(given, {}, clusterId);
  return { clusterId, target, options, records, cluster, spec, compared, keepsRunning, data };
};

/** @throws Fault for what an apply to a live cluster would be refused for at this moment. */
export const assertApplicable = (
  { target, options, records, cluster, spec, compared, keepsRunning }: PlannedApply,
  ports: Pick<Ports, 'now'>,
): void => {
  if (records === undefined || cluster === undefined || isTerminalCluster(cluster)) return;
  assertModeKept(spec, cluster, options);
  if (compared !== undefined && keepsRunning) assertPossibleInPlace(compared, { cluster, target }, ports);
  // What a rollout in progress leaves is not known yet.
  if (keepsRunning || cluster.state !== 'RUNNING' || findLock(cluster) !== undefined) return;
  assertSnapshotPossible(records, { kind: 'apply', options });
};
