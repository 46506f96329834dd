import { Fault } from '#events/problems/problem.ts';
import type { ExactObject, Observation, ObservedDeployment, ObservedPod } from '#shared/clusters/model/kubernetes.ts';
import type { LogOptions } from '#shared/clusters/ports/kubernetes.ts';
import type { Manifests } from '#shared/flink/manifests/manifests.ts';

import type { FakeFlink } from './flink.ts';

/** A Deployment in the fake, with its pods and the Flink that runs in them. */
export interface FakeCluster {
  readonly uid: string;
  /** Undefined: a Deployment of another owner. */
  readonly operationId: string | undefined;
  readonly manifests: Manifests | undefined;
  readonly flink: FakeFlink;
  deleting: boolean;
  ready: boolean;
  restarts: number;
  reached: ObservedPod['reached'];
  imageDigest?: ObservedPod['imageDigest'];
  trouble: ObservedPod['trouble'];
  sidecarTrouble?: ObservedPod['sidecarTrouble'];
  /** Kubernetes refuses to create the pod of the JobManager. */
  noPod?: boolean;
  warnings: Observation['warnings'];
  log: string | undefined;
  previousLog: string | undefined;
  /** Pods of TaskManagers, each with its log. `isReplaced`: its container ends while its log is read, and Flink removes it. */
  readonly taskManagers: { readonly pod: ObservedPod; readonly log?: string; readonly isReplaced?: true }[];
}

/** What `observe` and `listDeployments` return about it. */
export const observed = (
  clusterId: string,
  { uid, operationId, deleting, ready }: FakeCluster,
): ObservedDeployment => ({
  clusterId,
  uid,
  operationId,
  deleting,
  readyReplicas: ready ? 1 : 0,
});

export const podsOf = (clusterId: string, cluster: FakeCluster): readonly ObservedPod[] => [
  ...jobManagersOf(clusterId, cluster),
  ...cluster.taskManagers.map(({ pod }) => pod),
];

/** The Deployment owns the pods of TaskManagers, and its ReplicaSet those of the JobManager. */
export const ownersOf = ({ component }: ObservedPod, { uid, operationId }: FakeCluster) =>
  component === 'taskmanager'
    ? { operationId: undefined, ownerUids: [uid] }
    : { operationId, ownerUids: [`replica-set-of-${uid}`] };

const jobManagersOf = (
  clusterId: string,
  { noPod = false, ready, restarts, reached, imageDigest, trouble, sidecarTrouble }: FakeCluster,
): readonly ObservedPod[] =>
  noPod
    ? []
    : [
        {
          name: toJobManagerName(clusterId),
          component: 'jobmanager',
          phase: ready ? 'Running' : 'Pending',
          ready: ready && trouble === undefined && sidecarTrouble === undefined,
          restarts,
          reached,
          imageDigest,
          trouble,
          sidecarTrouble,
        },
      ];

export const toJobManagerName = (clusterId: string) => `${clusterId}-5d4f8b7c9-abcde`;

/** When the container wrote all of its lines. */
const writtenAt = '2026-11-23T12:00:00.000000000Z';

/** The part of a log that the API server answers with. Like Kubernetes, it leaves out the newest of the last lines. */
const toAnswer = (log: string | undefined, { lines, maxBytes, timestamps = false }: LogOptions) => {
  const last = log?.replace(/\n$/, '').split('\n').slice(-lines);
  const text = last?.map((line) => (timestamps ? `${writtenAt} ${line}` : line)).join('\n');
  const answer = text && log?.endsWith('\n') === true ? `${text}\n` : text;
  return answer === undefined ? undefined : Buffer.from(answer).subarray(0, maxBytes).toString();
};

export const readLog = (clusterId: string, cluster: FakeCluster | undefined, options: LogOptions) => {
  const { previous = false, pod, waitForEndMs } = options;
  const own = cluster?.taskManagers.find(({ pod: { name } }) => name === pod);
  if (waitForEndMs !== undefined && own !== undefined) {
    if (own.isReplaced === true) cluster?.taskManagers.splice(cluster.taskManagers.indexOf(own), 1);
    else if (own.pod.phase === 'Running') throw new Fault('target-unreachable', `no answer within ${waitForEndMs} ms`);
  }
  const isJobManager = pod === undefined || pod === toJobManagerName(clusterId);
  const [current, before] = isJobManager ? [cluster?.log, cluster?.previousLog] : [own?.log, undefined];
  return toAnswer(previous ? before : current, options);
};

export const ownedBy = (clusterId: string, { uid, manifests }: FakeCluster): readonly ExactObject[] => [
  { kind: 'Deployment', name: clusterId, uid },
  ...(manifests?.dependents ?? []).map(({ kind = '', metadata: { name = '' } = {} }) => ({
    kind,
    name,
    uid: `${uid}-${kind}-${name}`,
  })),
];

/** The pod of a TaskManager that runs. */
export const newTaskManagerPod = (name: string): ObservedPod => ({
  name,
  component: 'taskmanager',
  phase: 'Running',
  ready: true,
  restarts: 0,
  reached: {},
  trouble: undefined,
});
