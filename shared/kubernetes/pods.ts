import type { ObservedPod } from '#shared/clusters/model/kubernetes.ts';
import { mainContainerName } from '#shared/flink/manifests/pod-template/pod-template.ts';
import {
  type ContainerStatus,
  type Event,
  findEventTime,
  findFirstTime,
  type Pod,
} from '#shared/kubernetes/api/objects.ts';

type Trouble = NonNullable<ObservedPod['trouble']>;

export const toObservedPod = (pod: Pod): ObservedPod => {
  const component = pod.metadata.labels?.['component'];
  const main = findMainContainer(pod);
  return {
    name: pod.metadata.name,
    component: component === 'jobmanager' || component === 'taskmanager' ? component : 'other',
    phase: pod.status?.phase ?? 'Unknown',
    ready: pod.status?.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    restarts: main?.restartCount ?? 0,
    reached: findReachedPhases(pod),
    imageDigest: findDigest(main?.imageID),
    trouble: findTrouble(pod),
    sidecarTrouble: findSidecarTrouble(pod),
  };
};

/** Flink's own container, which decides about the state of the cluster. */
const findMainContainer = ({ status }: Pod): ContainerStatus | undefined =>
  status?.containerStatuses.find(({ name }) => name === mainContainerName);

/** Container runtimes write the digest with or without the name of the image before it. */
const findDigest = (imageId: string | undefined): string | undefined => /sha256:[0-9a-f]{64}$/.exec(imageId ?? '')?.[0];

const findReachedPhases = (pod: Pod): ObservedPod['reached'] => {
  const scheduled = pod.status?.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'True');
  const started = findMainContainer(pod)?.state?.running?.startedAt;
  return {
    ...(scheduled?.lastTransitionTime == null ? {} : { scheduled: scheduled.lastTransitionTime }),
    ...(started === undefined ? {} : { started }),
  };
};

/** The pod with the time of its first image pull, which only the events report. */
export const withPullTime = (pod: ObservedPod, pulls: readonly Event[]): ObservedPod => {
  const [first] = pulls
    .filter(({ involvedObject }) => involvedObject.name === pod.name)
    .map(findFirstTime)
    .sort();
  return first === undefined ? pod : { ...pod, reached: { ...pod.reached, pulling: first } };
};

/** Whether the pod has not started, and its status does not say why. */
export const isWaiting = ({ phase, trouble }: ObservedPod): boolean => phase === 'Pending' && trouble === undefined;

/** How long the same event has repeated before it counts. At a normal start, a volume may come a moment later. */
const minRepetitionMs = 30_000;

/** A waiting pod with the newest warning about it that has repeated for some time, such as FailedMount. */
export const withWarning = (
  pod: ObservedPod,
  { uid, warnings }: { readonly uid: string; readonly warnings: readonly Event[] },
): ObservedPod => {
  if (!isWaiting(pod)) return pod;
  const [latest] = warnings
    .filter(({ involvedObject }) => involvedObject.uid === uid)
    .filter((event) => Date.parse(findEventTime(event)) - Date.parse(findFirstTime(event)) >= minRepetitionMs)
    .toSorted((one, other) => Date.parse(findEventTime(other)) - Date.parse(findEventTime(one)));
  return latest === undefined ? pod : { ...pod, trouble: { reason: latest.reason, message: withHint(latest.message) } };
};

/** What to do about messages whose cause is a setting of Flink. */
const hints: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /configmap "hadoop-config-[^"]*" not found/,
    'The image of the JobManager has a Hadoop configuration. Set kubernetes.decorator.hadoop-conf-mount.enabled=false.',
  ],
];

const withHint = (message: string): string =>
  joinMessages(message, hints.find(([pattern]) => pattern.test(message))?.[1]);

/** Why Flink does not run in the pod: the pod's own reason such as Evicted, then its scheduling, then its containers. */
const findTrouble = (pod: Pod): Trouble | undefined => {
  const { status } = pod;
  if (status === undefined) return undefined;
  if (status.reason !== undefined) return { reason: status.reason, message: status.message ?? '' };
  const unscheduled = status.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled !== undefined)
    return { reason: unscheduled.reason ?? 'Unschedulable', message: unscheduled.message ?? '' };
  const main = findMainContainer(pod);
  const before = splitInitContainers(pod).ordinary.filter(({ state }) => state?.terminated?.exitCode !== 0);
  return findFirstTrouble(main === undefined ? before : [...before, main]);
};

/** The trouble of the containers beside Flink's. Flink may run without them, but the pod is not ready. */
const findSidecarTrouble = (pod: Pod): Trouble | undefined =>
  findFirstTrouble([
    ...splitInitContainers(pod).sidecars,
    ...(pod.status?.containerStatuses ?? []).filter(({ name }) => name !== mainContainerName),
  ]);

const findFirstTrouble = (containers: readonly ContainerStatus[]): Trouble | undefined =>
  containers.map(findContainerTrouble).find((trouble) => trouble !== undefined);

/** An init container that is always restarted is a sidecar. @see Kubernetes, "Sidecar Containers" */
const splitInitContainers = ({ spec, status }: Pod) => {
  const isSidecar = ({ name }: ContainerStatus) =>
    spec?.initContainers.some((one) => one.name === name && one.restartPolicy === 'Always') === true;
  const containers = status?.initContainerStatuses ?? [];
  return { ordinary: containers.filter((one) => !isSidecar(one)), sidecars: containers.filter(isSidecar) };
};

/** A container waits for these reasons during a normal start. */
const normalWaitingReasons: ReadonlySet<string | undefined> = new Set([
  undefined,
  'ContainerCreating',
  'PodInitializing',
]);

const findContainerTrouble = ({ name, state, lastState }: ContainerStatus): Trouble | undefined => {
  const ended = state?.terminated ?? lastState?.terminated;
  const end =
    ended === undefined ? '' : `container ${name} ended with exit code ${ended.exitCode} (${ended.reason ?? 'Error'})`;
  const exit = ended === undefined ? {} : { container: name, exitCode: ended.exitCode };
  if (state?.terminated !== undefined) {
    const { reason = 'Error', message } = state.terminated;
    return { reason, message: joinMessages(end, message), ...exit };
  }
  if (state?.waiting?.reason === undefined || normalWaitingReasons.has(state.waiting.reason)) return undefined;
  return { reason: state.waiting.reason, message: joinMessages(state.waiting.message, end), ...exit };
};

const joinMessages = (...messages: readonly (string | undefined)[]): string =>
  messages.filter((message) => message !== undefined && message !== '').join('; ');
