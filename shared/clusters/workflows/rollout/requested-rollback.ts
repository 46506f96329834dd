import { findRolloutRequest } from '#shared/clusters/model/records/request.ts';
import { endsRollouts, rollbackRequested } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import type { RolloutRecords } from './records.ts';
import type { RolloutFailure } from './rollout-state.ts';

/**
 * The failure of a rollout that ends, because a rollback to another spec waits for its end. Undefined when none
 * does.
 */
export const findRequestedRollback = async (
  { cluster, step: { kind } }: RolloutRecords,
  { store }: Pick<Ports, 'store'>,
): Promise<RolloutFailure | undefined> => {
  const next = cluster?.value.nextRollout;
  if (cluster?.value.revision === undefined || next === undefined) return undefined;
  const operation = await store.operation(next.operationId);
  const { to, ifRevision } = (operation && findRolloutRequest(operation.value)?.data.waiting) ?? {};
  if (to === undefined || !endsRollouts({ waiting: next.kind, ifRevision, kind })) return undefined;
  const current = await store.revision(cluster.value, cluster.value.revision);
  const wanted = await store.revision(cluster.value, to);
  if (current === undefined || wanted === undefined || current.value.digest === wanted.value.digest) return undefined;
  return {
    code: 'rollout-failed',
    reason: rollbackRequested,
    message: `Rollback ${next.operationId} to revision ${to} was accepted.`,
  };
};
