import type { CommandData } from '#events/commands/index.ts';
import type { Plan } from '#events/http/plans.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { generatedId, inputOf, restoreOf, withJob } from '#shared/clusters/commands/deploy/render.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findJobsToRestore } from '#shared/clusters/restore/restore-jobs.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { addOwnerReference, type Dependent } from '#shared/flink/manifests/manifests.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

/**
 * What a deploy would create, and what the target would say to it; nothing is recorded and nothing created.
 *
 * @throws Fault as the deploy would, for the caller's mistakes.
 */
export const planDeploy = async (targetName: string, data: CommandData<'deploy'>, ports: Ports): Promise<Plan> => {
  const target = await ports.targets.get(targetName);
  const restoredFrom = await resolveSavepoint(restoreOf(data), targetName, ports.store, '/job/restore');
  newLifetime(data.lifetime, { mode: data.mode, target, now: ports.now() });
  const clusterId = data.clusterId ?? generatedId(ports.newId());
  const { deployment, dependents, config, warnings } = renderCluster(
    inputOf(withJob(data, restoredFrom), clusterId, target),
  );
  await findJobsToRestore(data.restore, { target: targetName, clusterId }, ports);
  const owner = { name: clusterId, uid: 'UID' };
  return {
    clusterId,
    objects: [deployment, ...dependents.map((object) => masked(addOwnerReference(object, owner)))].map((object) =>
      Object.assign({}, object),
    ),
    config: Object.fromEntries(
      Object.entries(config).map(([key, { value, from }]) => [
        key,
        { value: typeof value === 'object' ? [...value] : value, from },
      ]),
    ),
    warnings: [...warnings],
    ...(await tried(ports, target, { deployment, dependents })),
  };
};

const tried = async (
  ports: Ports,
  target: Parameters<Ports['kubernetes']>[0],
  manifests: Parameters<ReturnType<Ports['kubernetes']>['dryRun']>[0],
): Promise<Pick<Plan, 'dryRun' | 'errors'>> => {
  try {
    const errors = await ports.kubernetes(target).dryRun(manifests);
    return { dryRun: errors.length === 0 ? 'passed' : 'refused', errors: [...errors] };
  } catch (error) {
    // The plan stands without the target's word.
    if (!(error instanceof Fault) || !toProblem(error).retryable) throw error;
    return { dryRun: 'not-tried', errors: [{ pointer: '', detail: error.message }] };
  }
};

/** A keytab is in the request and need not come back. */
const masked = (object: Dependent): Dependent =>
  object.kind === 'Secret' && 'data' in object
    ? Object.assign({}, object, {
        data: Object.fromEntries(Object.keys(object.data ?? {}).map((name) => [name, '******'])),
      })
    : object;
