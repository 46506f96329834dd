import type { NamedTarget } from '#events/target.ts';
import type {
  FlinkObject,
  ListedPod,
  Observation,
  ObservedDeployment,
  ObservedPod,
} from '#shared/clusters/model/kubernetes.ts';
import { getCommonLabels, getDeploymentName, toLabelSelector } from '#shared/flink/names.ts';
import { mainContainerName } from '#shared/flink/manifests/pod-template.ts';

import { operationAnnotation } from './apply.ts';
import type { Client } from './client.ts';
import { AnyObject, type ContainerStatus, Deployment, Event, Pod } from './objects.ts';
import { collectionPath, objectPath } from './paths.ts';

/** One cluster, in four requests; see the port. */
export const observe = async (clusterId: string, client: Client, { namespace }: NamedTarget): Promise<Observation> => {
  const [deployment, pods, events, pulls] = await Promise.all([
    client.get(objectPath('Deployment', namespace, getDeploymentName(clusterId)), Deployment),
    client.list(collectionPath('Pod', namespace), Pod, { labelSelector: toLabelSelector(getCommonLabels(clusterId)) }),
    client.list(collectionPath('Event', namespace), Event, { fieldSelector: 'type=Warning' }),
    client.list(collectionPath('Event', namespace), Event, { fieldSelector: 'reason=Pulling' }),
  ]);
  return {
    deployment: deployment === undefined ? undefined : observedDeployment(deployment),
    pods: pods.map((pod) => withPull(observedPod(pod), pulls)),
    warnings: warningsAbout(clusterId, events, deployment?.metadata.creationTimestamp),
  };
};

/** All Flink Deployments of the namespace, by the labels that Flink's own client gives them. */
export const deployments = async (
  client: Client,
  { namespace }: NamedTarget,
): Promise<readonly ObservedDeployment[]> => {
  const query = { labelSelector: toLabelSelector({ type: 'flink-native-kubernetes', component: 'jobmanager' }) };
  return (await client.list(collectionPath('Deployment', namespace), Deployment, query)).map(observedDeployment);
};

/** All pods of the namespace's Flink clusters, by the same labels. */
export const pods = async (client: Client, { namespace }: NamedTarget): Promise<readonly ListedPod[]> => {
  const query = { labelSelector: toLabelSelector({ type: 'flink-native-kubernetes' }) };
  return (await client.list(collectionPath('Pod', namespace), Pod, query)).map((pod) => ({
    ...observedPod(pod),
    clusterId: pod.metadata.labels?.['app'] ?? '',
  }));
};

const flinkKinds = ['Deployment', 'Service', 'ConfigMap'] as const;

/** What is labelled as a Flink cluster's in the namespace; see the port. */
export const flinkObjects = async (client: Client, { namespace }: NamedTarget): Promise<readonly FlinkObject[]> => {
  const query = { labelSelector: toLabelSelector({ type: 'flink-native-kubernetes' }) };
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

const observedDeployment = ({ metadata, status }: Deployment): ObservedDeployment => ({
  clusterId: metadata.name,
  uid: metadata.uid,
  operationId: metadata.annotations?.[operationAnnotation],
  deleting: metadata.deletionTimestamp !== undefined,
  readyReplicas: status?.readyReplicas ?? 0,
});

const observedPod = (pod: Pod): ObservedPod => {
  const component = pod.metadata.labels?.['component'];
  const containers = pod.status?.containerStatuses ?? [];
  return {
    name: pod.metadata.name,
    component: component === 'jobmanager' || component === 'taskmanager' ? component : 'other',
    phase: pod.status?.phase ?? 'Unknown',
    ready: pod.status?.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    reached: reachedBy(pod),
    trouble: troubleOf(pod),
  };
};

const reachedBy = ({ status }: Pod): ObservedPod['reached'] => {
  const scheduled = status?.conditions.find((one) => one.type === 'PodScheduled' && one.status === 'True');
  const main = status?.containerStatuses.find(({ name }) => name === mainContainerName);
  const started = main?.state?.running?.startedAt;
  return {
    ...(scheduled?.lastTransitionTime == null ? {} : { scheduled: scheduled.lastTransitionTime }),
    ...(started === undefined ? {} : { started }),
  };
};

/** Only an event says that an image is fetched, and when. */
const withPull = (pod: ObservedPod, pulls: readonly Event[]): ObservedPod => {
  const [first] = pulls
    .filter(({ involvedObject }) => involvedObject.name === pod.name)
    .map((event) => event.firstTimestamp ?? timeOf(event))
    .sort();
  return first === undefined ? pod : { ...pod, reached: { ...pod.reached, pulling: first } };
};

type Trouble = NonNullable<ObservedPod['trouble']>;

const troubleOf = ({ status }: Pod): Trouble | undefined => {
  if (status === undefined) return undefined;
  // Of the pod as a whole, such as Evicted.
  if (status.reason !== undefined) return { reason: status.reason, message: status.message ?? '' };
  const unscheduled = status.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled !== undefined)
    return { reason: unscheduled.reason ?? 'Unschedulable', message: unscheduled.message ?? '' };
  const init = status.initContainerStatuses.filter(({ state }) => state?.terminated?.exitCode !== 0);
  return [...init, ...status.containerStatuses].map(containerTrouble).find((trouble) => trouble !== undefined);
};

/** Waiting for these is no trouble. */
const ordinary: ReadonlySet<string | undefined> = new Set([undefined, 'ContainerCreating', 'PodInitializing']);

const containerTrouble = ({ name, state, lastState }: ContainerStatus): Trouble | undefined => {
  const ended = state?.terminated ?? lastState?.terminated;
  const end =
    ended === undefined ? '' : `container ${name} ended with exit code ${ended.exitCode} (${ended.reason ?? 'Error'})`;
  const exitCode = ended === undefined ? {} : { exitCode: ended.exitCode };
  if (state?.terminated !== undefined) {
    return {
      reason: state.terminated.reason ?? 'Error',
      message: sentences(end, state.terminated.message),
      ...exitCode,
    };
  }
  if (state?.waiting?.reason === undefined || ordinary.has(state.waiting.reason)) return undefined;
  return { reason: state.waiting.reason, message: sentences(state.waiting.message, end), ...exitCode };
};

const sentences = (...parts: readonly (string | undefined)[]) =>
  parts.filter((part) => part !== undefined && part !== '').join('; ');

const warningsAbout = (
  clusterId: string,
  events: readonly Event[],
  since: string | undefined,
): Observation['warnings'] =>
  events
    .filter(({ involvedObject }) => isAbout(clusterId, involvedObject))
    .map((event) => ({ reason: event.reason, message: event.message, at: timeOf(event) }))
    // Events outlive their objects by an hour: those of an earlier cluster of this id are left out.
    .filter(({ at }) => since === undefined || Date.parse(at) >= Date.parse(since))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at));

const timeOf = ({ series, lastTimestamp, eventTime, metadata }: Event): string =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? new Date(0).toISOString();

/** Names that Kubernetes and Flink make of the id. A plain prefix would also be that of a cluster `<id>-2`. */
const suffixes: Readonly<Record<string, RegExp>> = {
  Deployment: /^$/,
  ReplicaSet: /^-[a-z0-9]{1,10}$/,
  Pod: /^-([a-z0-9]{1,10}-[a-z0-9]{5}|taskmanager-\d+-\d+)$/,
};

const isAbout = (clusterId: string, { kind = '', name = '' }: Event['involvedObject']): boolean =>
  name.startsWith(clusterId) &&
  Object.hasOwn(suffixes, kind) &&
  suffixes[kind]?.test(name.slice(clusterId.length)) === true;
