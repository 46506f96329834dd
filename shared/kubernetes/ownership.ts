import type { Manifests } from '#shared/flink/manifests/manifests.ts';

import type { Api } from './api/client.ts';
import type { AnyObject } from './api/objects.ts';

/** The operation that created an object. A repetition recognizes its own Deployment by it. */
export const operationAnnotation = 'drey.dev/operation';
/** The stage and the target that created an object. */
export const ownerAnnotation = 'drey.dev/owner';

type Metadata = AnyObject['metadata'];

export const findOperationId = ({ annotations }: Metadata): string | undefined => annotations?.[operationAnnotation];

const mark = <T extends { readonly metadata?: object }>(object: T, annotations: object): T => {
  const metadata: { readonly annotations?: object } = object.metadata ?? {};
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
};

/** The objects of a cluster with their owner. The pods of the JobManager have its operation as well. */
export const markOwned = (
  { deployment, dependents }: Manifests,
  { operationId, owner }: { readonly operationId: string } & Pick<Api, 'owner'>,
): Manifests => {
  const operation = { [operationAnnotation]: operationId };
  const own = { ...operation, [ownerAnnotation]: owner };
  const { spec } = deployment;
  const withPods =
    spec === undefined
      ? deployment
      : Object.assign({}, deployment, {
          spec: Object.assign({}, spec, { template: mark(spec.template, operation) }),
        });
  return { deployment: mark(withPods, own), dependents: dependents.map((object) => mark(object, own)) };
};

/** Whether another stage or target of Drey created an object. */
export const isForeign = (metadata: Metadata, { owner }: Api): boolean =>
  findOperationId(metadata) !== undefined && metadata.annotations?.[ownerAnnotation] !== owner;

/**
 * Whether a Deployment is that of an incarnation, or an object that goes with it: one that the Deployment owns, or that the
 * same operation created. Labels and names prove nothing, because everyone in the namespace may use them.
 */
export const belongsTo = (
  metadata: Metadata,
  { operationId, uid }: { readonly operationId: string | undefined; readonly uid?: string | undefined },
): boolean =>
  metadata.uid === uid ||
  (operationId !== undefined && findOperationId(metadata) === operationId) ||
  isOwnedBy(metadata, uid);

export const isOwnedBy = ({ ownerReferences }: Metadata, uid: string | undefined): boolean =>
  ownerReferences.some((owner) => owner.uid === uid);

/** The owner of a pod: the Deployment for a TaskManager, a ReplicaSet for a JobManager. */
export interface PodOwner {
  readonly kind: 'Deployment' | 'ReplicaSet';
  readonly uid: string;
}

/** The only owner of a pod, if that is the Deployment of this name or a ReplicaSet of it, by its name. */
export const findPodOwner = ({ ownerReferences }: Metadata, deploymentName: string): PodOwner | undefined => {
  const [owner, ...others] = ownerReferences;
  if (owner === undefined || others.length > 0 || owner.apiVersion !== 'apps/v1') return undefined;
  const { kind, name, uid } = owner;
  const isReplicaSet = kind === 'ReplicaSet' && name.startsWith(`${deploymentName}-`);
  return isReplicaSet || (kind === 'Deployment' && name === deploymentName) ? { kind, uid } : undefined;
};

/**
 * Flink keeps one ConfigMap for the cluster and one for each job. Its names and labels are all that tells about them.
 *
 * @see Flink 2.2 `KubernetesLeaderElectionHaServices`
 */
export const isHighAvailabilityData = ({ name, ownerReferences }: Metadata, clusterId: string): boolean =>
  ownerReferences.length === 0 &&
  name.startsWith(`${clusterId}-`) &&
  /^(cluster|[0-9a-f]{32})-config-map$/.test(name.slice(clusterId.length + 1));
