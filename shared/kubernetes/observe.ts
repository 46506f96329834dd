import type { ListedDeployment, Observation, ObservedDeployment } from '#shared/clusters/model/kubernetes.ts';
import { getCommonLabels, getDeploymentName, getJobManagerLabels, toLabelSelector } from '#shared/flink/names.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { type AnyObject, Deployment, Event, findEventTime, Pod } from '#shared/kubernetes/api/objects.ts';
import { collectionPath, objectPath } from '#shared/kubernetes/api/paths.ts';

import { belongsTo, findOperationId } from './ownership.ts';
import { toObservedPod, withPullTime, withWarning } from './pods.ts';

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
  const uids = [uid];
  for await (const page of client.pagesOfMetadata(collectionPath('ReplicaSet', namespace), query))
    for (const { metadata } of page) if (belongsTo(metadata, { operationId: undefined, uid })) uids.push(metadata.uid);
  return uids;
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

const toObservedDeployment = ({ metadata, status }: Deployment): ObservedDeployment => ({
  ...toListedDeployment(metadata),
  readyReplicas: status?.readyReplicas ?? 0,
});

export const toListedDeployment = (metadata: AnyObject['metadata']): ListedDeployment => ({
  clusterId: metadata.name,
  uid: metadata.uid,
  operationId: findOperationId(metadata),
  deleting: metadata.deletionTimestamp !== undefined,
});

/** Warnings, newest first. */
const toWarnings = (events: readonly Event[]): Observation['warnings'] =>
  events
    .map((event) => ({ reason: event.reason, message: event.message, at: findEventTime(event) }))
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
