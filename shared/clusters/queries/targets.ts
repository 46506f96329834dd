import { Fault } from '#events/problem.ts';
import type { NamedTarget, Target } from '#events/target.ts';
import { liveStates } from '#shared/clusters/model/cluster-states.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

/**
 * Makes or changes a target.
 *
 * @throws Fault `wrong-state` when it would move while clusters of it live: they would be looked for in the new place;
 *   `malformed-request` when AWS knows no EKS cluster there.
 */
export const putTarget = async (name: string, target: Target, ports: Ports): Promise<NamedTarget> => {
  const { store, targets } = ports;
  const known = (await targets.list()).find((candidate) => candidate.name === name);
  const moves =
    known !== undefined &&
    (['cluster', 'region', 'namespace'] as const).some((field) => known[field] !== target[field]);
  if (moves && (await store.clusters(name, { states: liveStates, limit: 1 })).items.length > 0) {
    throw new Fault('wrong-state', `target ${name} has live clusters: stop them before it moves`);
  }
  if (
    known === undefined ||
    (['cluster', 'region', 'roleArn'] as const).some((field) => known[field] !== target[field])
  )
    await assertEksClusterExists({ ...target, name }, ports);
  await targets.put(name, target);
  return { ...target, name };
};

/**
 * A target may be made before the role that it takes, or while AWS does not answer: only what AWS denies is refused.
 *
 * @throws Fault `malformed-request`
 */
const assertEksClusterExists = async (target: NamedTarget, { kubernetes, log }: Ports): Promise<void> => {
  try {
    await kubernetes(target).locate();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, reason, message: detail } = error;
    if (reason !== 'ResourceNotFoundException')
      return log.warn('target not found out about', { target: target.name, code, detail });
    const errors = [{ pointer: '/cluster', detail }];
    throw new Fault('malformed-request', `/cluster: ${detail}`, { errors, cause: error });
  }
};

/**
 * Forgets a target on which there is nothing any more. What happened there stays on record, and can be read again when
 * a target of its name is made again.
 *
 * It is removed before it is looked at for the last time, and a deploy looks for it behind its own record: of two that
 * come at the same time one sees the other.
 *
 * @throws Fault `not-found`; `wrong-state` while something is there.
 */
export const removeTarget = async (name: string, ports: Ports): Promise<void> => {
  const { name: _name, ...target } = await ports.targets.current(name);
  await assertTargetUnused(name, ports);
  await ports.targets.remove(name);
  try {
    await assertTargetUnused(name, ports);
  } catch (error) {
    await ports.targets.putBack(name, target);
    throw error;
  }
  // One of the same name starts what is given to it.
  await retryOnConflict(ports, async () => {
    const { queueVersion, paused } = await ports.store.queueSummary(name);
    if (paused !== undefined)
      await commit({ queueVersion: { target: name, paused: undefined, previous: queueVersion } }, ports);
  });
};

const mostNames = 5;

/** @throws Fault `wrong-state` with all that is there, and the way out. */
const assertTargetUnused = async (name: string, { store, specs }: Ports): Promise<void> => {
  const [{ admitted, queued }, operations, schedules, stored] = await Promise.all([
    store.queue(name),
    store.openOperations(name),
    store.schedules(name),
    specs.list(name),
  ]);
  const inLine = new Set([...admitted, ...queued.map(({ value }) => value)].map(({ operationId }) => operationId));
  const found = [
    listed(
      'clusters',
      admitted.filter(({ kind }) => kind === 'deploy').map(({ clusterId }) => clusterId),
    ),
    listed(
      'commands that wait',
      queued.map(({ value }) => value.operationId),
    ),
    listed(
      'operations that are not over',
      operations.map(({ operationId }) => operationId).filter((id) => !inLine.has(id)),
    ),
    listed(
      'schedules',
      schedules.map((one) => one.name),
    ),
    listed(
      'specs',
      stored.map((one) => one.name),
    ),
  ].filter((text) => text !== undefined);
  if (found.length === 0) return;
  throw new Fault(
    'wrong-state',
    `target ${name} still has ${found.join('; ')}: stop the clusters, take back what waits, delete schedules and specs, then try again`,
  );
};

const listed = (what: string, names: readonly string[]): string | undefined => {
  if (names.length === 0) return undefined;
  const more = names.length - mostNames;
  return `${what} ${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
