import { Fault } from '#events/problems/problem.ts';
import type { FlinkObject, ListedPod, Observation, ObservedDeployment } from '#shared/clusters/model/kubernetes.ts';
import { getCommonLabels, getDeploymentName, getJobManagerLabels, toLabelSelector } from '#shared/flink/names.ts';
import { answerTooLarge } from '#shared/flink/rest/transport/transport.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { AnyObject, Deployment, Event, findEventTime, Pod } from '#shared/kubernetes/api/objects.ts';
import { collectionPath, objectPath } from '#shared/kubernetes/api/paths.ts';

import { belongsTo, findOperationId, isForeign, isHighAvailabilityData } from './ownership.ts';
import { isWaiting, toObservedPod, withPullTime, withWarning } from './pods.ts';

/** Observes one cluster with two requests, and with two more while its JobManager is not ready; see the port. */
export const observe = async (clusterId: string, api: Api): Promise<Observation> => {
  const { deployment, pods } = await findPods(clusterId, api);
  if (deployment === undefined) return { deployment, pods: [], warnings: [] };
  const observed = pods.map((pod) => ({ uid: pod.metadata.uid, pod: toObservedPod(pod) }));
  const jobManagers = observed.filter(({ pod }) => pod.component === 'jobmanager');
  const isAwaited = deployment.metadata.deletionTimestamp === undefined && !jobManagers.some(({ pod }) => pod.ready);
  const creators = isAwaited && jobManagers.length === 0 ? await listCreators(clusterId, deployment, api) : [];
  const uids = [...jobManagers.map(({ uid }) => uid), ...creators].slice(0, maxEventObjects);
  const events = isAwaited ? (await Promise.all(uids.map((uid) => listEventsOf(uid, api)))).flat() : [];
  const warnings = events.filter(({ type }) => type === 'Warning');
  const pulls = events.filter(({ reason }) => reason === 'Pulling');
  return {
    deployment: toObservedDeployment(deployment),
    pods: observed.map(({ uid, pod }) => withWarning(withPullTime(pod, pulls), { uid, warnings })),
    warnings: toWarnings(warnings),
  };
};

/** A JobManager has one pod, or a few with high availability. */
const maxEventObjects = 4;

/** A namespace may have thousands of events, so only those of one object are read. */
const listEventsOf = (uid: string, { client, target: { namespace } }: Api): Promise<readonly Event[]> =>
  client.list(collectionPath('Event', namespace), Event, { fieldSelector: `involvedObject.uid=${uid}` });

/** The UIDs of a Deployment and of its ReplicaSets, whose events tell why a pod is not created. */
const listCreators = async (
  clusterId: string,
  { metadata: { uid } }: Deployment,
  { client, target: { namespace } }: Api,
): Promise<readonly string[]> => {
  const query = { labelSelector: toLabelSelector(getJobManagerLabels(clusterId)) };
  const listed = await client.list(collectionPath('ReplicaSet', namespace), AnyObject, query);
  const own = listed.filter(({ metadata }) => belongsTo(metadata, { operationId: undefined, uid }));
  return [uid, ...own.map(({ metadata }) => metadata.uid)];
};

/** The Deployment of a cluster and the pods that belong to it, or the one pod of a name. */
export const findPods = async (
  clusterId: string,
  { client, target: { namespace } }: Api,
  name?: string,
): Promise<{ readonly deployment: Deployment | undefined; readonly pods: readonly Pod[] }> => {
  const labelSelector = toLabelSelector(getCommonLabels(clusterId));
  const query = { labelSelector, ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }) };
  const [deployment, pods] = await Promise.all([
    client.get(objectPath('Deployment', namespace, getDeploymentName(clusterId)), Deployment),
    client.list(collectionPath('Pod', namespace), Pod, query),
  ]);
  if (deployment === undefined) return { deployment, pods: [] };
  const { uid } = deployment.metadata;
  const operationId = findOperationId(deployment.metadata);
  return { deployment, pods: pods.filter(({ metadata }) => belongsTo(metadata, { operationId, uid })) };
};

/** Finds the Deployment of one cluster; see the port. */
export const findDeployment = async (
  clusterId: string,
  { client, target: { namespace } }: Api,
): Promise<ObservedDeployment | undefined> => {
  const found = await client.get(objectPath('Deployment', namespace, getDeploymentName(clusterId)), Deployment);
  return found && toObservedDeployment(found);
};

/** The labels that Flink's own client gives to all objects of a cluster. */
const flinkLabels = { type: 'flink-native-kubernetes' };

/** The Flink Deployments of the namespace, found by Flink's labels; see the port. */
export const listDeployments = async (api: Api): Promise<readonly ObservedDeployment[]> => {
  const query = { labelSelector: toLabelSelector({ ...flinkLabels, component: 'jobmanager' }) };
  const listed = await api.client.list(collectionPath('Deployment', api.target.namespace), Deployment, query);
  return listed.filter(({ metadata }) => !isForeign(metadata, api)).map(toObservedDeployment);
};

/** All pods with Flink's labels; see the port. */
export const listPods = async ({ client, target: { namespace } }: Api): Promise<readonly ListedPod[]> => {
  const query = { labelSelector: toLabelSelector(flinkLabels) };
  const listed = await client.list(collectionPath('Pod', namespace), Pod, query);
  const toPods = (warnings: readonly Event[]) =>
    listed.map((pod) => ({
      ...withWarning(toObservedPod(pod), { uid: pod.metadata.uid, warnings }),
      operationId: findOperationId(pod.metadata),
      ownerUids: pod.metadata.ownerReferences.map(({ uid }) => uid),
    }));
  const pods = toPods([]);
  // A pod that waits for its volumes has no trouble of its own: only the events tell why.
  if (!pods.some(isWaiting)) return pods;
  try {
    return toPods(await client.list(collectionPath('Event', namespace), Event, { fieldSelector: 'type=Warning' }));
  } catch (error) {
    // Everybody in the namespace can write events. They must not keep Drey from its pods.
    if (error instanceof Fault && error.reason === answerTooLarge) return pods;
    throw error;
  }
};

const flinkKinds = ['Deployment', 'Service', 'ConfigMap'] as const;

/** The objects of all Flink clusters, found by Flink's labels and by their owners; see the port. */
export const listFlinkObjects = async (api: Api): Promise<readonly FlinkObject[]> => {
  const { client, target } = api;
  const query = { labelSelector: toLabelSelector(flinkLabels) };
  const lists = await Promise.all(
    flinkKinds.map(async (kind) =>
      (await client.list(collectionPath(kind, target.namespace), AnyObject, query)).flatMap((object) =>
        toFlinkObject(kind, object, api),
      ),
    ),
  );
  return lists.flat();
};

/** Nothing for an object that only has the labels of a Flink cluster. */
const toFlinkObject = (
  kind: (typeof flinkKinds)[number],
  { metadata }: AnyObject,
  api: Api,
): readonly FlinkObject[] => {
  const { name, uid, labels, ownerReferences } = metadata;
  const clusterId = kind === 'Deployment' ? name : (labels?.['app'] ?? name);
  const owner = ownerReferences.find((one) => one.kind === 'Deployment' && one.name === clusterId);
  const isData = kind === 'ConfigMap' && isHighAvailabilityData(metadata, clusterId);
  if (kind !== 'Deployment' && owner === undefined && !isData) return [];
  const operationId = findOperationId(metadata);
  return [{ kind, name, uid, clusterId, operationId, foreign: isForeign(metadata, api), ownerUid: owner?.uid }];
};

const toObservedDeployment = ({ metadata, status }: Deployment): ObservedDeployment => ({
  clusterId: metadata.name,
  uid: metadata.uid,
  operationId: findOperationId(metadata),
  deleting: metadata.deletionTimestamp !== undefined,
  readyReplicas: status?.readyReplicas ?? 0,
});

/** Warnings, newest first. */
const toWarnings = (events: readonly Event[]): Observation['warnings'] =>
  events
    .map((event) => ({ reason: event.reason, message: event.message, at: findEventTime(event) }))
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
