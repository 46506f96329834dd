import type { NamedTarget } from '#events/target.ts';
import type { ObjectName } from '#shared/clusters/model/kubernetes.ts';
import {
  getCommonLabels,
  getDeploymentName,
  getInternalServiceName,
  getRestServiceName,
  toLabelSelector,
} from '#shared/flink/names.ts';

import type { Client } from './client.ts';
import { AnyObject } from './objects.ts';
import { collectionPath, type Kind, objectPath } from './paths.ts';

/**
 * Deletes an object if it still has this uid; a Deployment in the foreground: it stays until all that it owns is gone,
 * so its absence proves theirs.
 */
export const deleteObject = async (
  { kind, name, uid }: { readonly kind: Kind; readonly name: string; readonly uid: string },
  client: Client,
  { namespace }: NamedTarget,
): Promise<void> => {
  const path = objectPath(kind, namespace, name);
  const json = { propagationPolicy: kind === 'Deployment' ? 'Foreground' : 'Background', preconditions: { uid } };
  // 409: the name is somebody else's now, so ours is gone.
  await client.send({ method: 'DELETE', path, json, expected: [404, 409] });
};

export const deleteConfigMaps = async (
  names: readonly string[],
  client: Client,
  { namespace }: NamedTarget,
): Promise<void> => {
  const paths = names.map((name) => objectPath('ConfigMap', namespace, name));
  await Promise.all(paths.map((path) => client.send({ method: 'DELETE', path, expected: [404] })));
};

export const deleteDeployment = (
  owner: { readonly name: string; readonly uid: string },
  client: Client,
  target: NamedTarget,
): Promise<void> => deleteObject({ kind: 'Deployment', ...owner }, client, target);

const ownedKinds = ['ReplicaSet', 'Pod', 'Service', 'ConfigMap'] as const satisfies readonly Kind[];

/** What is left of a cluster; see the port. */
export const remaining = async (
  clusterId: string,
  client: Client,
  { namespace }: NamedTarget,
): Promise<{ readonly owned: readonly ObjectName[]; readonly highAvailability: readonly ObjectName[] }> => {
  const query = { labelSelector: toLabelSelector(getCommonLabels(clusterId)) };
  const [named, ...labelled] = await Promise.all([
    namedObjects(clusterId, client, namespace),
    ...ownedKinds.map(async (kind) => {
      const objects = await client.list(collectionPath(kind, namespace), AnyObject, query);
      return objects.map((object) => ({ kind, object }));
    }),
  ]);
  const found = [...named, ...labelled.flat()];
  const owned = found.filter(({ kind, object }) => kind === 'Deployment' || isOwned(object));
  const highAvailability = found.filter(
    ({ kind, object }) => kind === 'ConfigMap' && isOfHighAvailability(object, clusterId),
  );
  return { owned: namesOf(owned), highAvailability: namesOf(highAvailability) };
};

interface Found {
  readonly kind: Kind;
  readonly object: AnyObject;
}

/** Options of the deploy can replace the labels of the Services, so they are looked for by name as well. */
const namedObjects = async (clusterId: string, client: Client, namespace: string): Promise<readonly Found[]> => {
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

/** What nobody owns was put there by somebody who is not a cluster, whatever its labels: nothing removes it with the cluster. */
const isOwned = ({ metadata: { ownerReferences } }: AnyObject) => ownerReferences.length > 0;

/** @see Flink 2.2 `KubernetesLeaderElectionHaServices`: one for the cluster and one for each job. */
const isOfHighAvailability = ({ metadata: { name, ownerReferences } }: AnyObject, clusterId: string) =>
  ownerReferences.length === 0 &&
  name.startsWith(`${clusterId}-`) &&
  /^(cluster|[0-9a-f]{32})-config-map$/.test(name.slice(clusterId.length + 1));

const namesOf = (found: readonly Found[]): readonly ObjectName[] => {
  const names = new Map(
    found.map(({ kind, object }) => [`${kind}/${object.metadata.name}`, { kind, name: object.metadata.name }]),
  );
  return [...names.values()];
};
