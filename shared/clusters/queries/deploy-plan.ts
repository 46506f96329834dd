import type { CommandData } from '#events/commands/index.ts';
import type { Plan } from '#events/http/plans.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { NamedTarget } from '#events/records/target.ts';
import {
  findProgramRestore,
  generateClusterId,
  renderPlan,
  withRestoredFrom,
} from '#shared/clusters/commands/deploy/render.ts';
import { withRolloutRestore } from '#shared/clusters/commands/deploy/rollout-restore.ts';
import { assertPossibleInPlace, compareWithRevision } from '#shared/clusters/commands/rollouts/compare.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import { withoutTaken } from '#shared/clusters/model/kubernetes.ts';
import { computePlanDigest } from '#shared/clusters/model/plan-digest.ts';
import { findMaskErrors } from '#shared/clusters/model/policy/masks.ts';
import { listProgramUris } from '#shared/clusters/model/policy/find-policy-errors.ts';
import { toSpec } from '#shared/clusters/model/revision.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findJobsToRestore } from '#shared/clusters/restore/restore-jobs.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { addOwnerReference, type Manifests } from '#shared/flink/manifests/manifests.ts';
import { assertNoFieldErrors } from '#shared/flink/options.ts';

import { maskConfig, maskObjects } from './mask-plan.ts';
import { planChanges } from './plan-changes.ts';
import { warnOfProgramHosts } from './program-hosts.ts';

/**
 * The dry run of a deploy: the objects that it would create, and what the API server of the target answers to them.
 * Records and creates nothing.
 *
 * @throws Fault as the deploy would, for every mistake of the caller.
 */
export const planDeploy = async (targetName: string, given: CommandData<'deploy'>, ports: Ports): Promise<Plan> => {
  assertNoFieldErrors(findMaskErrors(given));
  const target = await ports.targets.get(targetName);
  const clusterId = given.clusterId ?? generateClusterId(ports.newId());
  const clusterRef = { target: targetName, clusterId };
  const cluster = (await ports.store.cluster(clusterRef))?.value;
  // An apply of a live cluster takes the state of the cluster, whatever the spec says about state.
  const data = cluster === undefined || isTerminalCluster(cluster) ? given : withRolloutRestore(given, {}, clusterId);
  const restoredFrom = await resolveSavepoint(
    findProgramRestore(data),
    { target: targetName, config: data.config, pointer: '/job/restore' },
    ports.store,
  );
  newLifetime(data.lifetime, { mode: data.mode, target, now: ports.now() });
  const manifests = renderPlan(withRestoredFrom(data, restoredFrom), clusterId, target);
  const { deployment, dependents, config, warnings } = manifests;
  const uris = listProgramUris({ given: data, manifests });
  await findJobsToRestore(data.restore, clusterRef, ports);
  const owner = { name: clusterId, uid: 'UID' };
  const owned = dependents.map((object) => addOwnerReference(object, owner));
  const spec = toSpec(given, clusterId);
  const { dryRun, errors } = await runDry({ deployment, dependents }, target, ports);
  // An apply ends the incarnation that has these objects before it creates new ones.
  const refusals = cluster !== undefined && hasIncarnation(cluster) ? withoutTaken(errors) : errors;
  const compared = await compareWithRevision(spec, { cluster, target }, ports);
  if (compared !== undefined) assertPossibleInPlace(compared, { cluster, target }, ports);
  return {
    clusterId,
    objects: maskObjects([deployment, ...owned]),
    config: maskConfig(config),
    warnings: [...warnings, ...(await warnOfProgramHosts(uris, target, ports))],
    dryRun: dryRun === 'refused' && refusals.length === 0 ? 'passed' : dryRun,
    errors: refusals,
    digest: computePlanDigest({
      spec,
      revision: cluster?.revision,
      targetRevision: target.revision,
      changeClass: compared?.class,
    }),
    ...(cluster === undefined || compared === undefined
      ? {}
      : { changes: await planChanges({ cluster, target }, compared, ports) }),
  };
};

/** The plan does not need the target, so a target that does not answer leaves the dry run out. */
const runDry = async (
  manifests: Manifests,
  target: NamedTarget,
  ports: Ports,
): Promise<Pick<Plan, 'dryRun' | 'errors'>> => {
  try {
    const errors = await ports.kubernetes(target).dryRun(manifests);
    return { dryRun: errors.length === 0 ? 'passed' : 'refused', errors: [...errors] };
  } catch (error) {
    if (!(error instanceof Fault) || !toProblem(error).retryable) throw error;
    return { dryRun: 'not-tried', errors: [{ pointer: '', detail: error.message }] };
  }
};
