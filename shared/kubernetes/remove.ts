import type { ExactObject, HighAvailabilityData, Incarnation, ObjectName } from '#shared/clusters/model/kubernetes.ts';
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

import { belongsTo, isHighAvailabilityData } from './ownership.ts';

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

export const deleteConfigMaps = async (configMaps: readonly ExactObject[], api: Api): Promise<void> => {
  await Promise.all(configMaps.map(({ name, uid }) => deleteObject({ kind: 'ConfigMap', name, uid }, api)));
};

export const deleteDeployment = (
  deployment: { readonly name: string; readonly uid: string },
  api: Api,
): Promise<void> => deleteObject({ kind: 'Deployment', ...deployment }, api);

const ownedKinds = ['ReplicaSet', 'Pod', 'Service', 'ConfigMap'] as const satisfies readonly Kind[];

/** The objects of a cluster that still exist; see the port. */
export const listRemaining = async (
  { clusterId, ...incarnation }: Incarnation & { readonly clusterId: string },
  api: Api,
): Promise<{ readonly owned: readonly ObjectName[]; readonly highAvailability: readonly HighAvailabilityData[] }> => {
  const { client, target } = api;
  const query = { labelSelector: toLabelSelector(getCommonLabels(clusterId)) };
  const [named, ...labelled] = await Promise.all([
    findNamedObjects(clusterId, api),
    ...ownedKinds.map(async (kind) => {
      const objects = await client.list(collectionPath(kind, target.namespace), AnyObject, query);
      return objects.map(({ metadata }) => ({ kind, metadata }));
    }),
  ]);
  const found = [...named, ...labelled.flat()];
  const owned = found.filter(({ metadata }) => belongsTo(metadata, incarnation));
  const highAvailability = found.filter(
    ({ kind, metadata }) => kind === 'ConfigMap' && isHighAvailabilityData(metadata, clusterId),
  );
  return {
    owned: toUnique(owned).map(({ kind, name }) => ({ kind, name })),
    highAvailability: toUnique(highAvailability),
  };
};

type FoundObject = AnyObject & { readonly kind: Kind };

/** Finds the Deployment and the Services by name, because a person may have changed their labels. */
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
  return found.flatMap(({ kind, object }) => (object === undefined ? [] : [{ kind, ...object }]));
};

const toUnique = (found: readonly FoundObject[]): readonly HighAvailabilityData[] => {
  const objects = new Map(
    found.map(({ kind, metadata: { name, uid, creationTimestamp: createdAt = '' } }) => [
      `${kind}/${name}`,
      { kind, name, uid, createdAt },
    ]),
  );
  return [...objects.values()];
};
