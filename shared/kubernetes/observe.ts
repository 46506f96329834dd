import type { FlinkObject, ListedPod, Observation, ObservedDeployment } from '#shared/clusters/model/kubernetes.ts';
import { getCommonLabels, getDeploymentName, toLabelSelector } from '#shared/flink/names.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { AnyObject, Deployment, Event, findEventTime, Pod } from '#shared/kubernetes/api/objects.ts';
import { collectionPath, objectPath } from '#shared/kubernetes/api/paths.ts';

import { operationAnnotation } from './apply.ts';
import { isWaiting, toObservedPod, withPullTime, withWarning } from './pods.ts';

/** Observes one cluster with four requests; see the port. */
export const observe = async (clusterId: string, { client, target: { namespace } }: Api): Promise<Observation> => {
  const [deployment, pods, events, pulls] = await Promise.all([
    client.get(objectPath('Deployment', namespace, getDeploymentName(clusterId)), Deployment),
    client.list(collectionPath('Pod', namespace), Pod, { labelSelector: toLabelSelector(getCommonLabels(clusterId)) }),
    client.list(collectionPath('Event', namespace), Event, { fieldSelector: 'type=Warning' }),
    client.list(collectionPath('Event', namespace), Event, { fieldSelector: 'reason=Pulling' }),
  ]);
  return {
    deployment: deployment === undefined ? undefined : toObservedDeployment(deployment),
    pods: pods.map((pod) =>
      withWarning(withPullTime(toObservedPod(pod), pulls), { uid: pod.metadata.uid, warnings: events }),
    ),
    warnings: selectWarnings(events, { clusterId, since: deployment?.metadata.creationTimestamp }),
  };
};

/** The labels that Flink's own client gives to all objects of a cluster. */
const flinkLabels = { type: 'flink-native-kubernetes' };

/** All Flink Deployments of the namespace, found by Flink's labels. */
export const listDeployments = async ({
  client,
  target: { namespace },
}: Api): Promise<readonly ObservedDeployment[]> => {
  const query = { labelSelector: toLabelSelector({ ...flinkLabels, component: 'jobmanager' }) };
  return (await client.list(collectionPath('Deployment', namespace), Deployment, query)).map(toObservedDeployment);
};

/** All pods of the Flink clusters of the namespace, found by Flink's labels. */
export const listPods = async ({ client, target: { namespace } }: Api): Promise<readonly ListedPod[]> => {
  const query = { labelSelector: toLabelSelector(flinkLabels) };
  const listed = await client.list(collectionPath('Pod', namespace), Pod, query);
  const toPods = (warnings: readonly Event[]) =>
    listed.map((pod) => ({
      ...withWarning(toObservedPod(pod), { uid: pod.metadata.uid, warnings }),
      clusterId: pod.metadata.labels?.['app'] ?? '',
    }));
  const pods = toPods([]);
  // A pod that waits for its volumes has no trouble of its own: only the events tell why.
  return pods.some(isWaiting)
    ? toPods(await client.list(collectionPath('Event', namespace), Event, { fieldSelector: 'type=Warning' }))
    : pods;
};

const flinkKinds = ['Deployment', 'Service', 'ConfigMap'] as const;

/** All objects of the namespace with Flink's labels; see the port. */
export const listFlinkObjects = async ({ client, target: { namespace } }: Api): Promise<readonly FlinkObject[]> => {
  const query = { labelSelector: toLabelSelector(flinkLabels) };
  const lists = await Promise.all(
    flinkKinds.map(async (kind) =>
      (await client.list(collectionPath(kind, namespace), AnyObject, query)).map(({ metadata }): FlinkObject => ({
        kind,
        name: metadata.name,
        uid: metadata.uid,
        clusterId: metadata.labels?.['app'] ?? metadata.name,
        operationId: metadata.annotations?.[operationAnnotation],
        owned: metadata.ownerReferences.length > 0,
      })),
    ),
  );
  return lists.flat();
};

const toObservedDeployment = ({ metadata, status }: Deployment): ObservedDeployment => ({
  clusterId: metadata.name,
  uid: metadata.uid,
  operationId: metadata.annotations?.[operationAnnotation],
  deleting: metadata.deletionTimestamp !== undefined,
  readyReplicas: status?.readyReplicas ?? 0,
});

/** Warnings about the cluster, newest first. Events outlive their objects by an hour, so older ones are left out. */
const selectWarnings = (
  events: readonly Event[],
  { clusterId, since }: { readonly clusterId: string; readonly since: string | undefined },
): Observation['warnings'] =>
  events
    .filter(({ involvedObject }) => isAbout(clusterId, involvedObject))
    .map((event) => ({ reason: event.reason, message: event.message, at: findEventTime(event) }))
    .filter(({ at }) => since === undefined || Date.parse(at) >= Date.parse(since))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));

/**
 * What Kubernetes and Flink append to the cluster id in the names of its objects. A test of the prefix alone would also
 * match a cluster `<id>-2`.
 */
const nameSuffixes: Readonly<Record<string, RegExp>> = {
  Deployment: /^$/,
  ReplicaSet: /^-[a-z0-9]{1,10}$/,
  Pod: /^-([a-z0-9]{1,10}-[a-z0-9]{5}|taskmanager-\d+-\d+)$/,
};

const isAbout = (clusterId: string, { kind = '', name = '' }: Event['involvedObject']): boolean =>
  name.startsWith(clusterId) &&
  Object.hasOwn(nameSuffixes, kind) &&
  nameSuffixes[kind]?.test(name.slice(clusterId.length)) === true;
