import type { ObjectName } from '#shared/clusters/model/kubernetes.ts';
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

/**
 * Deletes an object if it still has this uid. A Deployment is deleted in the foreground: it stays until all objects that
 * it owns are gone, so its absence proves theirs.
 */
export const deleteObject = async (
  { kind, name, uid }: { readonly kind: Kind; readonly name: string; readonly uid: string },
  { client, target: { namespace } }: Api,
): Promise<void> => {
  const path = objectPath(kind, namespace, name);
  const json = { propagationPolicy: kind === 'Deployment' ? 'Foreground' : 'Background', preconditions: { uid } };
  // 409: the object of this name has another uid, so the one to delete is gone.
  await client.send({ method: 'DELETE', path, json, expected: [404, 409] });
};

export const deleteConfigMaps = async (
  names: readonly string[],
  { client, target: { namespace } }: Api,
): Promise<void> => {
  const paths = names.map((name) => objectPath('ConfigMap', namespace, name));
  await Promise.all(paths.map((path) => client.send({ method: 'DELETE', path, expected: [404] })));
};

export const deleteDeployment = (
  deployment: { readonly name: string; readonly uid: string },
  api: Api,
): Promise<void> => deleteObject({ kind: 'Deployment', ...deployment }, api);

const ownedKinds = ['ReplicaSet', 'Pod', 'Service', 'ConfigMap'] as const satisfies readonly Kind[];

/** The objects of a cluster that still exist; see the port. */
export const listRemaining = async (
  clusterId: string,
  api: Api,
): Promise<{ readonly owned: readonly ObjectName[]; readonly highAvailability: readonly ObjectName[] }> => {
  const { client, target } = api;
  const query = { labelSelector: toLabelSelector(getCommonLabels(clusterId)) };
  const [named, ...labelled] = await Promise.all([
    findNamedObjects(clusterId, api),
    ...ownedKinds.map(async (kind) => {
      const objects = await client.list(collectionPath(kind, target.namespace), AnyObject, query);
      return objects.map((object) => ({ kind, object }));
    }),
  ]);
  const found = [...named, ...labelled.flat()];
  const owned = found.filter(({ kind, object }) => kind === 'Deployment' || isOwned(object));
  const highAvailability = found.filter(
    ({ kind, object }) => kind === 'ConfigMap' && isHighAvailabilityData(object, clusterId),
  );
  return { owned: toUniqueNames(owned), highAvailability: toUniqueNames(highAvailability) };
};

interface FoundObject {
  readonly kind: Kind;
  readonly object: AnyObject;
}

/** Finds the Services by name as well, because options of the deploy can replace their labels. */
const findNamedObjects = async (
  clusterId: string,
  { client, target: { namespace } }: Api,
): Promise<readonly FoundObject[]> => {
  const names = [
    { kind: 'Deployment', name: getDeploymentName(clusterId) },
    { kind: 'Service', name: getInternalServiceName(clusterId) },
    { kind: 'Service', name: getRestServiceName(clusterId) },
  ] as const;
  const found = await Promise.all(
    names.map(async ({ kind, name }) => ({
      kind,
      object: await client.get(objectPath(kind, namespace, name), AnyObject),
    })),
  );
  return found.flatMap(({ kind, object }) => (object === undefined ? [] : [{ kind, object }]));
};

/** An object without an owner was not created for the cluster, whatever its labels, and is not removed with it. */
const isOwned = ({ metadata: { ownerReferences } }: AnyObject): boolean => ownerReferences.length > 0;

/** @see Flink 2.2 `KubernetesLeaderElectionHaServices`: one ConfigMap for the cluster and one for each job. */
const isHighAvailabilityData = ({ metadata: { name, ownerReferences } }: AnyObject, clusterId: string): boolean =>
  ownerReferences.length === 0 &&
  name.startsWith(`${clusterId}-`) &&
  /^(cluster|[0-9a-f]{32})-config-map$/.test(name.slice(clusterId.length + 1));

const toUniqueNames = (found: readonly FoundObject[]): readonly ObjectName[] => {
  const names = new Map(
    found.map(({ kind, object }) => [`${kind}/${object.metadata.name}`, { kind, name: object.metadata.name }]),
  );
  return [...names.values()];
};
