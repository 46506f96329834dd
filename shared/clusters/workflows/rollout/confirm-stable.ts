import type { Cluster } from '#events/records/cluster.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

import { findTaskTrouble } from './assessment.ts';
import { type RolloutState, toNext } from './rollout-state.ts';
import { assess } from './verify.ts';

/** For how long all tasks have to run, so that a program that fails in its first seconds is noticed. */
const runsForMs = 10_000;

/** How long the tasks are waited for after the start. TaskManagers may need some minutes. */
const maxWaitMs = 5 * 60_000;

/**
 * Looks once at the stable revision that a rollback has started again. It is not watched as a new one is: the rollback is
 * complete when all tasks have run for some seconds. `failed`: the program of an application has failed. `kept`: it is not known
 * to run, but may run later, or only a job of a session has failed.
 */
export const confirmStable = async (state: RolloutState, cluster: Cluster, ports: Ports): Promise<RolloutState> => {
  const assessment = await assess(cluster, findTaskTrouble, ports);
  const now = ports.now().getTime();
  if (assessment.status === 'canceled') return toNext(state, 'canceled');
  if (assessment.status === 'ended') return toNext(state, 'done');
  if (!('failure' in assessment)) {
    const { runsSince = new Date(now).toISOString() } = state;
    return toNext(state, now - Date.parse(runsSince) < runsForMs ? 'waiting' : 'done', { runsSince });
  }
  const { runsSince: _runsSince, ...rest } = state;
  const { failure: rollbackFailure } = assessment;
  if (assessment.status === 'failed')
    return toNext(rest, cluster.mode === 'application' ? 'failed' : 'kept', { rollbackFailure });
  const { value: started } = await getOperation(cluster.operationId, ports.store);
  const isLate = now - Date.parse(started.updatedAt) >= maxWaitMs;
  return isLate ? toNext(rest, 'kept', { rollbackFailure }) : toNext(rest, 'waiting');
};
