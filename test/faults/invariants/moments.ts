import { isDeepStrictEqual } from 'node:util';

import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { StoredUsage } from '#shared/clusters/model/admission/queue.ts';
import { toStoredUsage, Usage } from '#shared/clusters/model/admission/quota.ts';
import type { Transition } from '#events/records/transitions.ts';
import type { KubernetesObject } from '#test/faults/models/kubernetes/objects.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listAdmitted, listClusters, listCounted, listOperations, listVerdicts, operationIdOf } from './stored.ts';

const isGone = ({ from, to }: Transition) =>
  ['STOPPED', 'FINISHED', 'CANCELED', 'SUSPENDED'].includes(to) ||
  (from === 'STOPPING' && to === 'UPGRADING') ||
  (from === 'STOPPING' && to === 'FAILED');

/** No lifetime ends before the time that the record has at this moment. */
const checkEndTime = ({ clusterId, at }: Transition, world: ModelWorld): readonly string[] => {
  const cluster = listClusters(world).find((one) => one.clusterId === clusterId);
  const endsAt = cluster?.lifetime?.endsAt;
  return endsAt !== undefined && endsAt <= at
    ? []
    : [`${clusterId} was ended at ${at}, and its lifetime ends at ${endsAt ?? 'no time'}`];
};

/** The stored usage is the sum of what the admitted commands take. */
const checkUsage = (world: ModelWorld) => {
  const stored = world.table.items.get('target#local/queue|control')?.['usage'] as StoredUsage | undefined;
  if (stored === undefined) return [];
  const counted = toStoredUsage(new Usage(listCounted(world)), stored.since);
  return isDeepStrictEqual(counted, stored)
    ? []
    : [`the stored usage is ${JSON.stringify(stored.total)}, and admitted are ${JSON.stringify(counted?.total)}`];
};

/** At the moment of a transition, its statement is true. */
export const checkTransition = (transition: Transition, world: ModelWorld): readonly string[] => {
  if (transition.subject === 'cluster' && transition.reason === 'LifetimeEnded' && transition.to === 'STOPPING')
    return checkEndTime(transition, world);
  if (transition.subject === 'cluster' && transition.to === 'REQUESTED') return checkUsage(world);
  if (transition.subject !== 'cluster' || !isGone(transition)) return [];
  const cluster = listClusters(world).find(({ clusterId }) => clusterId === transition.clusterId);
  if (
    transition.from === 'STOPPING' &&
    // Its next incarnation takes over its capacity.
    transition.to !== 'UPGRADING' &&
    listAdmitted(world).some((command) => command.operationId === cluster?.operationId)
  )
    return [`${transition.clusterId} is ${transition.to} and still admitted`];
  return listLeft(cluster, world).map((name) => `${transition.clusterId} is ${transition.to} while its ${name} exists`);
};

/** The objects of an incarnation, and of the Deployments that are gone. */
const listLeft = (cluster: Cluster | undefined, world: ModelWorld): readonly string[] => {
  const objects = [...world.kubernetes.objects.values()];
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  return objects
    .filter(({ metadata }) => metadata.labels['app'] === cluster?.clusterId)
    .filter(
      (object) =>
        operationIdOf(object) === cluster?.operationId ||
        (object.metadata.ownerReferences.length > 0 &&
          object.metadata.ownerReferences.every(({ uid }) => !uids.has(uid))),
    )
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
};

/**
 * An operation creates one Deployment, within the limits of the target and after its dependencies. An operation that has
 * ended may still create one: `checkTransition` then requires that it is gone before the cluster is recorded as gone.
 */
export const checkCreation = (
  deployment: KubernetesObject,
  created: Map<string, number>,
  world: ModelWorld,
): readonly string[] => {
  const operationId = operationIdOf(deployment) ?? '';
  const operation = listOperations(world).find((known) => known.operationId === operationId);
  if (operation !== undefined && isTerminalOperation(operation)) return [];
  const count = [...world.kubernetes.objects.values()].filter(
    (object) => object.kind === 'Deployment' && operationIdOf(object) !== undefined,
  ).length;
  if (count > (world.maxClusters ?? Infinity))
    return [`${count} clusters exist, and the limit is ${world.maxClusters}`];
  const unmet = listUnmetDependencies(operationId, world);
  if (unmet.length > 0) return [`operation ${operationId} was started before ${unmet.join(' and ')} FINISHED`];
  const times = (created.get(operationId) ?? 0) + 1;
  created.set(operationId, times);
  return times > 1 ? [`operation ${operationId} created its Deployment ${times} times`] : [];
};

const listUnmetDependencies = (operationId: string, world: ModelWorld): readonly string[] => {
  const command = listAdmitted(world).find((one) => one.operationId === operationId);
  return (command?.dependsOn ?? []).filter((key) => {
    const awaited = world.table.items.get(`idempotency#local#${key}|idempotency`)?.['operationId'];
    return !listVerdicts(world).some((one) => one.operationId === awaited && one.verdict === 'FINISHED');
  });
};

/** Drey deletes no Deployment of another owner, and none of a cluster that is to run. */
export const checkDeletion = (deployment: KubernetesObject, world: ModelWorld): readonly string[] => {
  const { name } = deployment.metadata;
  const operationId = operationIdOf(deployment);
  if (operationId === undefined) return [`Deployment ${name} of another owner was deleted`];
  const cluster = listClusters(world).find(({ clusterId }) => clusterId === name);
  return cluster?.operationId === operationId && ['DEPLOYING', 'RUNNING'].includes(cluster.state)
    ? [`the Deployment of ${name} was deleted while it is ${cluster.state}`]
    : [];
};
