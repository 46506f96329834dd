import { Fault } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import { computePlanDigest, type PlanSubject } from '#shared/clusters/model/plan-digest.ts';
import { computeDigest } from '#shared/clusters/model/revision.ts';
import { isChanging } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import type { RolloutIntent } from './intent.ts';
import { UnchangedCluster } from './unchanged.ts';

/** @throws Fault `plan-mismatch` */
export const assertPlan = (
  { planDigest, options, restart }: Pick<RolloutIntent, 'planDigest' | 'options' | 'restart'>,
  subject: Omit<PlanSubject, 'rollout'>,
): void => {
  if (planDigest === undefined) return;
  const digest = computePlanDigest({ ...subject, rollout: { ...options, restart: restart === true } });
  if (digest === planDigest) return;
  throw new Fault(
    'plan-mismatch',
    'The spec, the options of the rollout, the current revision, its jobs or the target differ from those of the plan.',
  );
};

/** @throws UnchangedCluster */
export const assertChanged = async (
  spec: RevisionSpec,
  cluster: Cluster | undefined,
  { store }: Pick<Ports, 'store'>,
): Promise<void> => {
  if (cluster?.state !== 'RUNNING' || isChanging(cluster) || cluster.revision === undefined) return;
  const current = await store.revision(cluster, cluster.revision);
  if (current?.value.digest === computeDigest(spec)) throw new UnchangedCluster('apply', cluster);
};
