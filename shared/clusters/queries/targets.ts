import pMap, { pMapSkip } from 'p-map';

import { Fault, toPointer } from '#events/problems/problem.ts';
import type { NamedTarget, StoredTarget, Target } from '#events/records/target.ts';
import { findDefaultErrors } from '#shared/clusters/model/policy/target-defaults.ts';
import { findMaskErrors } from '#shared/clusters/model/policy/masks.ts';
import { findSecretDefaults } from '#shared/clusters/model/policy/plain-secrets.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';
import { findPolicyNameErrors } from '#shared/clusters/model/policy/policy-names.ts';
import { isElsewhere, toPlace } from '#shared/clusters/model/target-place.ts';
import { assertStorable } from '#shared/clusters/model/records/size.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { changeQueueControl, forgetUsage } from '#shared/clusters/admission/usage.ts';
import { isLimited } from '#shared/clusters/model/admission/quota.ts';
import { readAllPages } from '#shared/clusters/store/read.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';
import { findReservedOptions } from '#shared/flink/manifests/reserved-options.ts';
import { listRestorePaths } from '#shared/flink/option-names/restore.ts';
import { assertNoFieldErrors } from '#shared/flink/options.ts';

import { maskTarget } from './mask-target.ts';

/** A page of the targets, as callers see them. */
export const listTargets = async (page: PageRequest, { targets }: Ports): Promise<Page<NamedTarget>> => {
  const { items, ...rest } = await targets.list(page);
  return { ...rest, items: items.map(maskTarget) };
};

/**
 * Creates or changes a target.
 *
 * @throws Fault `wrong-state` when the target would move to another account, EKS cluster or namespace while it has clusters;
 *   `namespace-taken` when another target has the namespace;
 *   `refused-option` for defaults with a restore path, a mask or a secret, or with an option that Drey or Flink sets itself, and for a
 *   policy that names nothing or that the defaults contradict;
 *   `malformed-request` when AWS knows no such EKS cluster, and for a target that is too large for its record.
 */
export const putTarget = async (name: string, target: Target, ports: Ports): Promise<NamedTarget> => {
  assertStorable({ record: target, path: [] });
  assertNoFieldErrors(findMaskErrors(target));
  assertNoRestorePath(target);
  assertNoReservedDefaults(target);
  assertPolicyConsistent({ ...target, name });
  const stored = { ...target, updatedBy: ports.principal };
  return retryOnConflict(ports, async () => {
    const known = await findTarget(name, ports);
    if (known === undefined || access.some((field) => known[field] !== target[field]))
      await assertEksClusterExists({ ...target, name }, ports);
    // Commands that start without limits do not change the usage.
    if (known !== undefined && isLimited(known) !== isLimited(target)) await forgetUsage(name, ports);
    await (known !== undefined && isElsewhere(known, target)
      ? moveTarget(known, stored, ports)
      : ports.targets.put(name, stored));
    return maskTarget({ ...stored, name });
  });
};

/**
 * Moves a target without clusters. The last check follows the move, and a deploy is recorded on the condition that the
 * target has not changed. A concurrent deploy is therefore either recorded at the new place, or is found here and moves the
 * target back. One that continues later reads the target again, and fails when it is elsewhere.
 */
const moveTarget = async (known: NamedTarget, to: StoredTarget, ports: Ports): Promise<void> => {
  const { name, ...from } = known;
  const queueVersion = await assertNoClusters(name, ports);
  await ports.targets.move(name, { from, to, queueVersion });
  try {
    await assertNoClusters(name, ports, toPlace(to, 'stage'));
  } catch (error) {
    await retryOnConflict(ports, () => ports.targets.put(name, from));
    throw error;
  }
};

/**
 * Failed clusters that are not cleaned up count as well.
 *
 * @param except The place of clusters that do not count.
 * @returns The queue version that this is based on.
 * @throws Fault `wrong-state`
 */
const assertNoClusters = async (name: string, { store }: Ports, except?: string): Promise<number | undefined> => {
  const { admitted, queueVersion } = await store.queue(name);
  const deploys = admitted.filter(({ kind }) => kind === 'deploy');
  const isExcepted = async ({ clusterId }: { readonly clusterId: string }) =>
    except !== undefined &&
    (await store.cluster({ target: name, clusterId }))?.value.highAvailabilityData?.place === except;
  const clusters = await pMap(deploys, async (deploy) => ((await isExcepted(deploy)) ? pMapSkip : deploy), {
    concurrency: 8,
  });
  if (clusters.length === 0) return queueVersion;
  const users = listUsers(
    'clusters',
    clusters.map(({ clusterId }) => clusterId),
  );
  throw new Fault(
    'wrong-state',
    `Target ${name} has ${users ?? ''}, so its account, cluster, region and namespace cannot change. Stop the clusters first.`,
  );
};

/** Every later application would start from the savepoint, other programs included. @throws Fault `refused-option` */
const assertNoRestorePath = ({ defaults }: Target): void => {
  const keys = listRestorePaths(defaults).map(([key]) => key);
  if (keys.length === 0) return;
  const detail =
    'is no default of a target, because every later program would start from this savepoint. Set it in the command: restore.path (-s PATH)';
  const [first = ''] = keys;
  const errors = keys.map((key) => ({ pointer: toPointer(['defaults', key]), detail }));
  throw new Fault('refused-option', `defaults/${first}: ${detail}.`, { errors });
};

/** @throws Fault `refused-option` */
const assertNoReservedDefaults = ({ defaults }: Target): void => {
  const errors = findReservedOptions(defaults).map(({ pointer, detail }) => ({
    pointer: pointer.replace('/config/', '/defaults/'),
    detail,
  }));
  assertNoFieldErrors(errors);
};

/** @throws Fault `refused-option` for names in the policy that name nothing, and for defaults that it does not allow. */
const assertPolicyConsistent = (target: NamedTarget): void => {
  const errors = [...findPolicyNameErrors(target), ...findDefaultErrors(target), ...findSecretDefaults(target)];
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  throw new Fault('refused-option', `${first.pointer}: ${first.detail}${more}`, { errors });
};

/** The target; undefined when there is none of this name. */
const findTarget = async (name: string, { targets }: Ports): Promise<NamedTarget | undefined> => {
  try {
    return await targets.getLatest(name);
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found') return undefined;
    throw error;
  }
};

/** The fields that say how AWS finds the EKS cluster. */
const access = ['cluster', 'region', 'roleArn', 'externalId'] as const;

/**
 * Refuses only an EKS cluster that AWS does not know. A target may be created before its role, or while AWS does not
 * answer.
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
      return log.warn('target not verified', { target: target.name, code, detail });
    const errors = [{ pointer: '/cluster', detail }];
    throw new Fault('malformed-request', `/cluster: ${detail}`, { errors, cause: error });
  }
};

/**
 * Removes a target that is not in use. Its history stays, and is readable again when a target of the same name is
 * created.
 *
 * The target is removed before the last check, and a command is recorded on the condition that the target is still there. Of
 * two concurrent calls, one therefore sees the other.
 *
 * @throws Fault `not-found`; `wrong-state` with what still uses the target.
 */
export const removeTarget = async (name: string, ports: Ports): Promise<void> => {
  const { name: _name, ...target } = await ports.targets.getLatest(name);
  await assertTargetUnused(name, ports);
  await retryOnConflict(ports, () => ports.targets.remove(name));
  try {
    await assertTargetUnused(name, ports);
  } catch (error) {
    await retryOnConflict(ports, () => ports.targets.putIfAbsent(name, target));
    throw error;
  }
  await unpauseQueue(name, ports);
};

/** A later target of the same name starts with a queue that is not paused. */
const unpauseQueue = (name: string, ports: Ports): Promise<void> =>
  retryOnConflict(ports, async () => {
    const head = await ports.store.queueHead(name);
    if (head.paused === undefined) return;
    await commit({ queueControl: changeQueueControl(name, head, { paused: undefined }) }, ports);
  });

/** @throws Fault `wrong-state` with everything that uses the target, and what to do. */
const assertTargetUnused = async (name: string, { store, specs }: Ports): Promise<void> => {
  const [{ admitted, queued }, operations, schedules, storedSpecs] = await Promise.all([
    store.queue(name),
    store.openOperations(name),
    store.scheduleNames(name),
    readAllPages((page) => specs.list(name, page)),
  ]);
  const commands = [...admitted, ...queued.map(({ value }) => value)];
  const ofCommands = new Set(commands.map(({ operationId }) => operationId));
  const users = [
    listUsers(
      'clusters',
      admitted.filter(({ kind }) => kind === 'deploy').map(({ clusterId }) => clusterId),
    ),
    listUsers(
      'queued commands',
      queued.map(({ value }) => value.operationId),
    ),
    listUsers(
      'open operations',
      [...operations.items.map(({ operationId }) => operationId), ...(operations.unreadable ?? [])].filter(
        (id) => !ofCommands.has(id),
      ),
    ),
    listUsers('schedules', schedules),
    listUsers(
      'specs',
      storedSpecs.map((spec) => spec.name),
    ),
  ].filter((text) => text !== undefined);
  if (users.length === 0) return;
  throw new Fault(
    'wrong-state',
    `Target ${name} is in use: ${users.join('; ')}. Stop the clusters, cancel the queued commands, delete the schedules and specs, and retry.`,
  );
};

const maxNames = 5;

const listUsers = (kind: string, names: readonly string[]): string | undefined => {
  if (names.length === 0) return undefined;
  const more = names.length - maxNames;
  return `${kind} ${names.slice(0, maxNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};
