import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { ListedPod } from '#shared/clusters/model/kubernetes.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordCondition } from '#shared/clusters/store/progress.ts';

import { findLogEnd } from './container-log.ts';
import { lacksLog, type NextEnd, withNextLog } from './missing-task-managers.ts';

/** Flink creates the next TaskManager at once, and after a pause of three seconds when ten have ended within a minute. */
const maxWaitMs = 10_000;
const pollMs = 500;
const logLines = 1_000;
/** Each log that is being read has a connection. */
const maxLogs = 50;

/**
 * Records the end of the log of TaskManagers that cannot start. Flink removes such a pod within a second and creates the
 * next one, whose log is read until it ends. All clusters share the time, so that many do not take longer than one.
 *
 * @throws Fault of the API server.
 */
export const explainTaskManagers = async (
  clusters: readonly Cluster[],
  target: NamedTarget,
  ports: Ports,
): Promise<void> => {
  const ends = await waitForEnds(clusters, ports.kubernetes(target), ports);
  for (const cluster of clusters) {
    const end = ends.get(cluster.clusterId);
    if (end !== undefined) await recordEnd(cluster, end, ports);
  }
};

/** Another pass may have explained the trouble in the meantime, or it has passed. */
const recordEnd = async (observed: Cluster, end: NextEnd, ports: Ports): Promise<void> => {
  const current = (await ports.store.cluster(observed))?.value;
  const trouble = current?.conditions.find(({ type, status }) => type === 'Healthy' && status === 'False');
  if (trouble === undefined || !lacksLog(trouble)) return;
  const condition = { type: 'Healthy', status: 'False', ...withNextLog(trouble, end) } as const;
  const isSame = ({ operationId, state }: Cluster) => operationId === observed.operationId && state === 'RUNNING';
  await recordCondition(observed, { condition, onlyIf: isSame }, ports);
};

/** By cluster, a TaskManager that ended within the time, with the end of its log. */
const waitForEnds = async (
  clusters: readonly Cluster[],
  kubernetes: Kubernetes,
  { now, sleep }: Pick<Ports, 'now' | 'sleep'>,
): Promise<ReadonlyMap<string, NextEnd>> => {
  const ids = new Map(clusters.map(({ uid, clusterId }) => [uid, clusterId]));
  const deadline = now().getTime() + maxWaitMs;
  const getRestMs = () => deadline - now().getTime();
  const logs = new PodLogs(kubernetes, getRestMs);
  const ends = new Map<string, NextEnd>();
  do {
    const listed = await kubernetes.listPods(clusters.map(({ clusterId }) => clusterId));
    const pods = listed.filter(({ component }) => component === 'taskmanager').flatMap((pod) => toPodOf(ids, pod));
    for (const { clusterId, ...end } of logs.listEnded(pods)) ends.set(clusterId, end);
    logs.read(pods.filter(({ clusterId }) => !ends.has(clusterId)));
    await sleep(pollMs);
  } while (ends.size < clusters.length && getRestMs() > 0);
  await logs.finish();
  return ends;
};

interface PodOfCluster extends ListedPod {
  readonly clusterId: string;
}

/** The pod, if the Deployment of one of the clusters owns it. */
const toPodOf = (ids: ReadonlyMap<string | undefined, string>, pod: ListedPod): readonly PodOfCluster[] => {
  const clusterId = pod.ownerUids.map((uid) => ids.get(uid)).find((id) => id !== undefined);
  return clusterId === undefined ? [] : [{ ...pod, clusterId }];
};

/** The logs of pods, each of which is read until its container ends. */
class PodLogs {
  private readonly kubernetes: Kubernetes;
  private readonly getRestMs: () => number;
  private readonly reads = new Map<string, Promise<void>>();
  private readonly ends = new Map<string, NextEnd & Pick<PodOfCluster, 'clusterId'>>();

  constructor(kubernetes: Kubernetes, getRestMs: () => number) {
    this.kubernetes = kubernetes;
    this.getRestMs = getRestMs;
  }

  /** Begins to read the logs that are not being read. */
  read(pods: readonly PodOfCluster[]): void {
    for (const pod of pods)
      if (!this.reads.has(pod.name) && this.reads.size < maxLogs) this.reads.set(pod.name, this.readOne(pod));
  }

  private async readOne({ clusterId, name: pod }: PodOfCluster): Promise<void> {
    const options = { pod, lines: logLines, waitForEndMs: this.getRestMs() };
    // The log explains only. The list of the pods reports failures of the API server.
    const log = await this.kubernetes.readLog(clusterId, options).catch(() => undefined);
    const words = findLogEnd(log ?? '');
    // A container that has not started has no log yet.
    if (words === '') this.reads.delete(pod);
    else this.ends.set(pod, { clusterId, pod, words });
  }

  /** The logs of the pods that have ended or are gone. The answer of a container that runs may break off, too. */
  listEnded(pods: readonly ListedPod[]): readonly (NextEnd & Pick<PodOfCluster, 'clusterId'>)[] {
    const running = new Set(pods.flatMap(({ name, trouble }) => (trouble?.exitCode === undefined ? [name] : [])));
    return [...this.ends.values()].filter(({ pod }) => !running.has(pod));
  }

  async finish(): Promise<void> {
    await Promise.all(this.reads.values());
  }
}
