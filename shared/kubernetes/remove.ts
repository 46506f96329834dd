import pMap from 'p-map';

import type {
  ExactObject,
  HighAvailabilityData,
  Incarnation,
  Remains,
  Removal,
} from '#shared/clusters/model/kubernetes.ts';
import {
  getCommonLabels,
  getDeploymentName,
  getInternalServiceName,
  getRestServiceName,
  toLabelSelector,
} from '#shared/flink/names.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { AnyObject } from '#shared/kubernetes/api/objects.ts';
import { collectionPath, type Kind, objectPath } from '#shared/kubernetes/api/paths.ts';

import { belongsTo, findPodOwner, isHighAvailabilityData, isOwnedBy, type PodOwner } from './ownership.ts';

/** The incarnation of a cluster whose objects are removed. Without an operation, only the uid tells what belongs to it. */
type Cluster = { readonly clusterId: string; readonly operationId: string | undefined } & Pick<Incarnation, 'uid'>;

interface KnownObject {
  readonly kind: Kind;
  readonly name: string;
  readonly uid: string;
}

/** Deletes an object if it still has this uid. */
const deleteObject = async (
  { kind, name, uid }: KnownObject,
  { client, target: { namespace } }: Api,
  expected: readonly number[] = [],
): Promise<void> => {
  const path = objectPath(kind, namespace, name);
  const json = { propagationPolicy: 'Background', preconditions: { uid } };
  // 409: the object of this name has another uid, so the one to delete is gone.
  await client.send({ method: 'DELETE', path, json, expected: [404, 409, ...expected] });
};

/** Deletes an object if it still has this uid, and a Deployment with all that goes with it. */
export const removeObject = async (object: KnownObject, api: Api): Promise<void> => {
  const { kind, name, uid } = object;
  if (kind === 'Deployment') await removeCluster({ clusterId: name, operationId: undefined, uid }, api);
  else await deleteObject(object, api);
};

export const deleteConfigMaps = async (configMaps: readonly ExactObject[], api: Api): Promise<void> => {
  await Promise.all(configMaps.map(({ name, uid }) => deleteObject({ kind: 'ConfigMap', name, uid }, api)));
};

/**
 * Deletes the Deployment of an incarnation, then everything that goes with it; see the port. The garbage collector would
 * do the same, but one after the other for all Deployments of the EKS cluster, at twenty requests a second.
 */
export const removeCluster = async (cluster: Cluster, api: Api): Promise<Removal> => {
  const { client, target } = api;
  const name = getDeploymentName(cluster.clusterId);
  const existing = await client.get(objectPath('Deployment', target.namespace, name), AnyObject);
  const deployment = existing !== undefined && belongsTo(existing.metadata, cluster) ? existing.metadata : undefined;
  // A Deployment that a person deletes in the foreground is deleted again, so that the removal does not wait for the garbage collector.
  if (deployment !== undefined) await deleteObject({ kind: 'Deployment', name, uid: deployment.uid }, api);
  // A controller with an old cache may still create objects. The garbage collector deletes those.
  const found = await findDependents(cluster, deployment?.uid, api);
  await deleteInOrder(found.owned, api);
  const removed = deployment === undefined ? [] : [{ kind: 'Deployment' as const, metadata: deployment }];
  return {
    owned: [...removed, ...found.owned].map(toExact),
    highAvailability: found.highAvailability.map(toData),
    isReplaced: existing !== undefined && deployment === undefined,
  };
};

/**
 * Pods are deleted after the ReplicaSet that would replace them. TaskManagers are deleted after the JobManager, which would
 * start others, and whose jobs would fail without them.
 */
const deleteInOrder = async (found: readonly FoundObject[], api: Api): Promise<void> => {
  const isPod = ({ kind }: FoundObject) => kind === 'Pod';
  const isTaskManager = ({ metadata }: FoundObject) => metadata.labels?.['component'] === 'taskmanager';
  const pods = found.filter(isPod);
  const steps = [
    found.filter((object) => !isPod(object)),
    pods.filter((pod) => !isTaskManager(pod)),
    pods.filter(isTaskManager),
  ];
  for (const objects of steps)
    await pMap(objects, (object) => deleteDependent(object, api), { concurrency: maxDeletes });
};

/** A cluster may have hundreds of TaskManagers. */
const maxDeletes = 16;

const deleteDependent = async ({ kind, metadata }: FoundObject, api: Api): Promise<void> => {
  const { name, uid, deletionTimestamp, ownerReferences } = metadata;
  // The garbage collector keeps an object that has another owner, too.
  if (deletionTimestamp !== undefined || ownerReferences.length > 1) return;
  // 403: the Role of an earlier version does not permit it, so that only the garbage collector deletes the object.
  const isNewlyPermitted = kind === 'ReplicaSet' || kind === 'Pod';
  await deleteObject({ kind, name, uid }, api, isNewlyPermitted ? [403] : []);
};

/** The objects of a cluster that still exist; see the port. */
export const listRemaining = async (cluster: Cluster, api: Api): Promise<Remains> => {
  const { client, target } = api;
  const path = objectPath('Deployment', target.namespace, getDeploymentName(cluster.clusterId));
  const deployment = await client.get(path, AnyObject);
  const { owned, highAvailability } = await findDependents(cluster, undefined, api);
  const isOwn = deployment !== undefined && belongsTo(deployment.metadata, cluster);
  const own = isOwn ? [{ kind: 'Deployment' as const, metadata: deployment.metadata }] : [];
  return { owned: [...own, ...owned].map(toExact), highAvailability: highAvailability.map(toData) };
};

type FoundObject = AnyObject & { readonly kind: Kind };

interface Dependents {
  readonly owned: readonly FoundObject[];
  readonly highAvailability: readonly FoundObject[];
}

const dependentKinds = ['ReplicaSet', 'Pod', 'Service', 'ConfigMap'] as const satisfies readonly Kind[];

/** @param deploymentUid The uid of the Deployment, if the caller has read it. */
const findDependents = async (cluster: Cluster, deploymentUid: string | undefined, api: Api): Promise<Dependents> => {
  const { client, target } = api;
  const query = { labelSelector: toLabelSelector(getCommonLabels(cluster.clusterId)) };
  const [named, ...labelled] = await Promise.all([
    findServices(cluster.clusterId, api),
    ...dependentKinds.map(async (kind) => {
      const objects: FoundObject[] = [];
      for await (const page of client.pagesOfMetadata(collectionPath(kind, target.namespace), query))
        objects.push(...page.map(({ metadata }) => ({ kind, metadata })));
      return objects;
    }),
  ]);
  const found = toUnique([...named, ...labelled.flat()]);
  const own = new Set(
    found.filter(({ metadata }) => belongsTo(metadata, cluster) || isOwnedBy(metadata, deploymentUid)),
  );
  const replicaSets = [...own].filter(({ kind }) => kind === 'ReplicaSet').map(({ metadata }) => metadata.uid);
  const pods = found.filter((object) => object.kind === 'Pod' && !own.has(object));
  const ofReplicaSets = pods.filter(({ metadata }) => replicaSets.some((uid) => isOwnedBy(metadata, uid)));
  return {
    owned: [...own, ...ofReplicaSets, ...(await findOrphanedPods(cluster.clusterId, pods, api))],
    highAvailability: found.filter(
      ({ kind, metadata }) => kind === 'ConfigMap' && isHighAvailabilityData(metadata, cluster.clusterId),
    ),
  };
};

/**
 * The pods of other incarnations whose only owner is gone. Pods of TaskManagers have only the uid of their Deployment, which may
 * not be recorded. The owners are read after the pods, so that the owner of a newer pod is found.
 */
const findOrphanedPods = async (
  clusterId: string,
  pods: readonly FoundObject[],
  api: Api,
): Promise<readonly FoundObject[]> => {
  const owned = pods.flatMap((pod) => {
    const owner = findPodOwner(pod.metadata, getDeploymentName(clusterId));
    return owner === undefined ? [] : [{ pod, owner }];
  });
  const kinds = new Set(owned.map(({ owner }) => owner.kind));
  const existing = new Set((await Promise.all([...kinds].map((kind) => listUids(kind, clusterId, api)))).flat());
  return owned.filter(({ owner }) => !existing.has(owner.uid)).map(({ pod }) => pod);
};

/** The uids of the objects that may own pods of a cluster. ReplicaSets have the labels of their pods. */
const listUids = async (
  kind: PodOwner['kind'],
  clusterId: string,
  { client, target: { namespace } }: Api,
): Promise<readonly string[]> => {
  if (kind === 'Deployment') {
    const found = await client.get(objectPath(kind, namespace, getDeploymentName(clusterId)), AnyObject);
    return found === undefined ? [] : [found.metadata.uid];
  }
  const uids: string[] = [];
  const query = { labelSelector: toLabelSelector(getCommonLabels(clusterId)) };
  for await (const page of client.pagesOfMetadata(collectionPath(kind, namespace), query))
    uids.push(...page.map(({ metadata }) => metadata.uid));
  return uids;
};

/** Finds the Services by name, because a person may have changed their labels. */
const findServices = async (
  clusterId: string,
  { client, target: { namespace } }: Api,
): Promise<readonly FoundObject[]> => {
  const names = [getInternalServiceName(clusterId), getRestServiceName(clusterId)];
  const found = await Promise.all(names.map((name) => client.get(objectPath('Service', namespace, name), AnyObject)));
  return found.flatMap((object) => (object === undefined ? [] : [{ kind: 'Service' as const, ...object }]));
};

const toUnique = (found: readonly FoundObject[]): readonly FoundObject[] => [
  ...new Map(found.map((object) => [object.metadata.uid, object])).values(),
];

const toExact = ({ kind, metadata: { name, uid } }: FoundObject): ExactObject => ({ kind, name, uid });

const toData = ({
  kind,
  metadata: { name, uid, creationTimestamp: createdAt = '' },
}: FoundObject): HighAvailabilityData => ({
  kind,
  name,
  uid,
  createdAt,
});
