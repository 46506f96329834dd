import { toRestoreOptions } from '#shared/clusters/restore/savepoint.ts';
import { withoutRestore } from '#shared/flink/option-names/restore.ts';

import type { DeployCommand } from './render.ts';

/**
 * The data of a deploy with the state that its rollout has for it, in place of what the spec says about state. Flink must not
 * take ownership of the snapshot, because a rollback starts from it as well.
 */
export const withRolloutRestore = (
  { data, rollout }: Pick<DeployCommand, 'data' | 'rollout'>,
  clusterId: string,
): DeployCommand['data'] => {
  if (rollout?.restore === undefined) return data;
  const { path, fromOperationId, allowEmptyState, ...options } = rollout.restore;
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
