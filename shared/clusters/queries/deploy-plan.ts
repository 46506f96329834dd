import type { Plan, PlanRequest } from '#events/http/plans.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { maskText } from '#events/secrets.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import type { NamedTarget } from '#events/records/target.ts';
import {
  findHighAvailabilityDirectory,
  findProgramRestore,
  renderPlan,
  withRestoredFrom,
} from '#shared/clusters/commands/deploy/render.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import { withoutTaken } from '#shared/clusters/model/kubernetes.ts';
import { computePlanDigest } from '#shared/clusters/model/plan-digest.ts';
import { findMaskErrors } from '#shared/clusters/model/policy/masks.ts';
import { listProgramUris } from '#shared/clusters/model/policy/find-policy-errors.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findJobsToRestore } from '#shared/clusters/restore/restore-jobs.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { listEmptyStartWarnings } from '#shared/clusters/restore/start-state.ts';
import { toText } from '#shared/flink/config.ts';
import { addOwnerReference, type Manifests } from '#shared/flink/manifests/manifests.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';
import { restorePathOption } from '#shared/flink/option-names/restore.ts';
import { assertNoFieldErrors } from '#shared/flink/options.ts';

import { maskConfig, maskObjects } from './mask-plan.ts';
import { planChanges } from './plan-changes.ts';
import { planState } from './plan-state.ts';
import { assertApplicable, type PlannedApply, readPlannedApply } from './planned-apply.ts';
import { warnOfProgramHosts } from './program-hosts.ts';
import { readStored } from './revisions.ts';
import { unmaskSpec } from './unmask-spec.ts';

/**
 * The dry run of a deploy: the objects that it would create, and what the API server of the target answers to them.
 * Records and creates nothing.
 *
 * @throws Fault as the deploy would, for every mistake of the caller.
 */
export const planDeploy = async (targetName: string, request: PlanRequest, ports: Ports): Promise<Plan> => {
  const given = await withSecrets(targetName, request, ports);
  assertNoFieldErrors(findMaskErrors(given));
  const target = await ports.targets.get(targetName);
  const planned = await readPlannedApply(target, given, ports);
  const { clusterId, cluster, data, spec, compared, options } = planned;
  const manifests = await renderRestored(planned, ports);
  const { deployment, dependents, config, warnings } = manifests;
  const uris = listProgramUris({ given: data, manifests });
  await findJobsToRestore(data.restore, { target: targetName, clusterId }, ports);
  const owner = { name: clusterId, uid: 'UID' };
  const owned = dependents.map((object) => addOwnerReference(object, owner));
  assertApplicable(planned, ports);
  const { dryRun, errors } = await runDry({ deployment, dependents }, target, ports);
  // An apply ends the incarnation that has these objects before it creates new ones.
  const refusals = cluster !== undefined && hasIncarnation(cluster) ? withoutTaken(errors) : errors;
  const state = await planState(planned, findNamedState(data, manifests), {
    ports,
    isHighlyAvailable: findHighAvailabilityDirectory(manifests, clusterId) !== undefined,
  });
  return {
    clusterId,
    objects: maskObjects([deployment, ...owned]),
    config: maskConfig(config),
    warnings: [
      ...warnings,
      ...(await warnOfProgramHosts(uris, target, ports)),
      ...listEmptyStartWarnings(state, { ended: cluster, clusterId }),
    ],
    dryRun: dryRun === 'refused' && refusals.length === 0 ? 'passed' : dryRun,
    errors: refusals,
    digest: computePlanDigest({ spec, cluster, target, compared, rollout: options }),
    state,
    ...(compared === undefined ? {} : { changes: planChanges(compared) }),
  };
};

/** The spec to plan, with the values that it takes from a revision. @throws Fault `not-found` for a revision that is not kept. */
const withSecrets = async (
  target: string,
  { revision: number, ...given }: PlanRequest,
  ports: Ports,
): Promise<Omit<PlanRequest, 'revision'>> => {
  if (number === undefined) return given;
  const { clusterId = '' } = given; // The request has one with a revision.
  return unmaskSpec(given, (await readStored({ target, clusterId, number }, ports)).spec);
};

/** The objects of the deploy with the savepoint that its program is restored from. @throws Fault for mistakes of the caller. */
const renderRestored = async (
  { data, clusterId, target }: PlannedApply,
  { store, now }: Pick<Ports, 'store' | 'now'>,
): Promise<ClusterManifests> => {
  const restoredFrom = await resolveSavepoint(
    findProgramRestore(data),
    { target: target.name, config: data.config, pointer: '/job/restore' },
    store,
  );
  newLifetime(data.lifetime, { mode: data.mode, target, now: now() });
  return renderPlan(withRestoredFrom(data, restoredFrom), clusterId, target);
};

/** The state that a deploy names: the path of an application, and `restore` of a session. */
const findNamedState = ({ restore }: Pick<PlanRequest, 'restore'>, { config }: Pick<ClusterManifests, 'config'>) => {
  const path = config[restorePathOption]?.value;
  if (path !== undefined) return { path: maskText(toText(path)) };
  return restore === undefined ? undefined : {};
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
