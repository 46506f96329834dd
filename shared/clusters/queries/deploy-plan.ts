import type { CommandData } from '#events/commands/index.ts';
import type { Plan } from '#events/http/plans.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import {
  findProgramRestore,
  generateClusterId,
  renderPlan,
  withRestoredFrom,
} from '#shared/clusters/commands/deploy/render.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import { listProgramUris } from '#shared/clusters/model/policy/find-policy-errors.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findJobsToRestore } from '#shared/clusters/restore/restore-jobs.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { addOwnerReference, type Manifests } from '#shared/flink/manifests/manifests.ts';

import { maskConfig, maskObjects } from './mask-plan.ts';
import { warnOfProgramHosts } from './program-hosts.ts';

/**
 * The dry run of a deploy: the objects that it would create, and what the API server of the target answers to them.
 * Records and creates nothing.
 *
 * @throws Fault as the deploy would, for every mistake of the caller.
 */
export const planDeploy = async (targetName: string, data: CommandData<'deploy'>, ports: Ports): Promise<Plan> => {
  const target = await ports.targets.get(targetName);
  const restoredFrom = await resolveSavepoint(
    findProgramRestore(data),
    { target: targetName, config: data.config, pointer: '/job/restore' },
    ports.store,
  );
  newLifetime(data.lifetime, { mode: data.mode, target, now: ports.now() });
  const clusterId = data.clusterId ?? generateClusterId(ports.newId());
  const manifests = renderPlan(withRestoredFrom(data, restoredFrom), clusterId, target);
  const { deployment, dependents, config, warnings } = manifests;
  const uris = listProgramUris({ given: data, manifests });
  await findJobsToRestore(data.restore, { target: targetName, clusterId }, ports);
  const owner = { name: clusterId, uid: 'UID' };
  const owned = dependents.map((object) => addOwnerReference(object, owner));
  return {
    clusterId,
    objects: maskObjects([deployment, ...owned]),
    config: maskConfig(config),
    warnings: [...warnings, ...(await warnOfProgramHosts(uris, target, ports))],
    ...(await dryRun({ deployment, dependents }, target, ports)),
  };
};

/** The plan does not need the target, so a target that does not answer leaves the dry run out. */
const dryRun = async (
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
