import { Fault } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Revision } from '#events/records/revisions.ts';
import { findRolloutRequest } from '#shared/clusters/model/records/request.ts';
import { computeDigest, selectCurrentLine } from '#shared/clusters/model/revision.ts';
import { isChanging, rollbackRequested } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import type { RolloutIntent } from './intent.ts';
import { UnchangedCluster } from './unchanged.ts';

interface Place {
  readonly cluster: Cluster;
  /** The revisions of the cluster that are kept, newest first. */
  readonly kept: readonly Revision[];
}

/**
 * The revision that a rollback goes back to: by default the last stable one with another spec than that which runs, or which
 * the rollout in progress brings.
 *
 * @throws Fault `not-found`, and `wrong-state` for a revision that failed, unless the caller allows it.
 */
export const findRollbackTarget = async (
  { to, allowFailed }: Pick<RolloutIntent, 'to' | 'allowFailed'>,
  { cluster, kept }: Place,
  ports: Pick<Ports, 'store' | 'revisionSpecs'>,
): Promise<Revision> => {
  const { clusterId, target } = cluster;
  const digest = to === undefined ? await findComingDigest({ cluster, kept }, ports) : undefined;
  const found =
    to === undefined
      ? selectCurrentLine(cluster, kept).find((one) => one.outcome === 'stable' && one.digest !== digest)
      : kept.find((one) => one.number === to);
  if (found === undefined)
    throw new Fault(
      'not-found',
      to === undefined
        ? `Cluster ${clusterId} in target ${target} has no other stable revision with another spec since it last ended. Name one with to.`
        : `Cluster ${clusterId} in target ${target} has no revision ${to}.`,
    );
  if (hasFailed(found) && allowFailed !== true && !runsSpecOf(found, { cluster, kept })) throw newFailedFault(found);
  return found;
};

/** The digest of the spec that the rollout in progress brings. Without one, of the spec of the current revision. */
const findComingDigest = async (
  { cluster, kept }: Place,
  ports: Pick<Ports, 'store' | 'revisionSpecs'>,
): Promise<string | undefined> => {
  const { rollout, revision } = cluster;
  const operation = rollout === undefined ? undefined : await ports.store.operation(rollout.operationId);
  const source = operation === undefined ? undefined : findRolloutRequest(operation.value)?.data.spec;
  const spec = source === undefined ? undefined : await readRevisionSpec(source.operationId, ports);
  return spec === undefined ? kept.find(({ number }) => number === revision)?.digest : computeDigest(spec);
};

/** A revision that only another rollback has ended may be as good as any. */
const hasFailed = ({ outcome, problem }: Revision): boolean =>
  outcome === 'failed' && problem?.reason !== rollbackRequested;

const newFailedFault = ({ number, clusterId, target, problem }: Revision): Fault => {
  const why = [problem?.reason ?? problem?.code, problem?.detail].filter((part) => part !== undefined).join(': ');
  return new Fault(
    'wrong-state',
    `Revision ${number} of cluster ${clusterId} in target ${target} failed (${why}). Roll back to another revision, or set allowFailed.`,
  );
};

const runsSpecOf = ({ digest }: Revision, { cluster, kept }: Place): boolean =>
  cluster.state === 'RUNNING' && kept.find(({ number }) => number === cluster.revision)?.digest === digest;

interface Return {
  readonly revision: Revision;
  /** The cluster runs its spec, and only a rollout that has not changed the cluster yet would change that. */
  readonly isCurrent: boolean;
}

/**
 * What a rollback goes back to. Undefined for other commands.
 *
 * @throws Fault `not-found`, and `wrong-state` for a revision that failed.
 * @throws UnchangedCluster when the cluster runs its spec, and no rollout would change that.
 */
export const planReturn = async (
  intent: RolloutIntent,
  { cluster, kept }: Pick<Place, 'kept'> & { readonly cluster: Cluster | undefined },
  ports: Pick<Ports, 'store' | 'revisionSpecs'>,
): Promise<Return | undefined> => {
  if (intent.kind !== 'rollback' || cluster === undefined) return undefined;
  const revision = await findRollbackTarget(intent, { cluster, kept }, ports);
  const isCurrent = runsSpecOf(revision, { cluster, kept });
  if (isCurrent && !isChanging(cluster)) throw new UnchangedCluster('rollback', cluster);
  return { revision, isCurrent };
};
