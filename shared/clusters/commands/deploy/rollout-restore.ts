import type { RolloutRestore } from '#events/commands/index.ts';
import { toRestoreOptions } from '#shared/clusters/restore/savepoint.ts';
import { withoutRestore } from '#shared/flink/option-names/restore.ts';

import type { DeployCommand } from './render.ts';

/**
 * The data of a deploy with the state that its rollout has for it, in place of what the spec says about state. Flink must not
 * take ownership of the snapshot, because a rollback starts from it as well.
 *
 * @param restore Undefined: the spec itself says it. Without members, the deploy has no state.
 */
export const withRolloutRestore = (
  data: DeployCommand['data'],
  restore: RolloutRestore | undefined,
  clusterId: string,
): DeployCommand['data'] => {
  if (restore === undefined) return data;
  const { path, fromOperationId, allowEmptyState, ...options } = restore;
  const { restore: _restore, job, ...rest } = { ...data, config: withoutRestore(data.config) };
  const use = { ...toRestoreOptions(options), claimMode: 'NO_CLAIM' as const };
  if (data.mode !== 'application') {
    const empty = allowEmptyState === true ? { allowEmptyState } : {};
    return fromOperationId === undefined ? rest : { ...rest, restore: { fromCluster: clusterId, ...empty, ...use } };
  }
  if (job === undefined) return rest;
  const { restore: _jobRestore, ...program } = job;
  return { ...rest, job: path === undefined ? program : { ...program, restore: { path, ...use } } };
};
