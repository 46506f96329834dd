import type * as z from 'zod';

import type { Logs, LogQuery } from '#events/http/queries.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import type { KeptFile, KeptIncarnation } from '#events/records/kept-logs.ts';
import { readFact } from '#shared/clusters/logs/flink-facts.ts';
import { type Kept, readFile } from '#shared/clusters/logs/kept-files.ts';
import { readNewest } from '#shared/clusters/logs/read-newest.ts';
import { compareNames, isCrashLog } from '#shared/clusters/model/kept-logs.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

import { toFactText } from './fact-text.ts';
import { readKept } from './kept-logs.ts';
import { selectLines } from './log-lines.ts';

type Answer = Readonly<z.input<typeof Logs>>;

/** Lines with a text are found among so many last ones. */
const maxSearchedLines = 50_000;
const maxSearchedBytes = 5_000_000;

/**
 * The last lines of a log: of a pod that exists, and otherwise the kept ones. A query for an incarnation or a
 * restart has kept ones only.
 *
 * @throws Fault `not-found` for the cluster, or when there is neither such a container nor a kept file; `wrong-state` when
 * the cluster has ended and nothing is kept; what the target fails with, unless the cluster has ended and its log is kept.
 */
export const readLog = async (clusterRef: ClusterRef, query: LogQuery, ports: Ports): Promise<Answer> => {
  const { value: cluster } = await getCluster(clusterRef, ports.store);
  const live = isKeptOnly(query) ? undefined : await tryLive(cluster, query, ports);
  if (live !== undefined && !(live instanceof Fault)) return live;
  const kept = await readKeptFile(cluster, query, ports);
  if (kept === undefined && live !== undefined) throw live;
  return kept ?? fail(cluster, query);
};

/** Kubernetes knows neither earlier incarnations, nor the containers before the previous one. */
const isKeptOnly = ({ kept, incarnation, restart }: LogQuery): boolean =>
  kept || incarnation !== undefined || restart !== undefined;

/** Objects of an ended cluster may be left, but its kept log does not depend on its target, which may be gone, too. */
const tryLive = async (cluster: Cluster, query: LogQuery, ports: Ports): Promise<Answer | Fault | undefined> => {
  try {
    return await readLive(cluster, query, ports);
  } catch (error) {
    if (error instanceof Fault && !hasIncarnation(cluster)) return error;
    throw error;
  }
};

const readLive = async (cluster: Cluster, query: LogQuery, ports: Ports): Promise<Answer | undefined> => {
  const { clusterId, operationId } = cluster;
  const kubernetes = ports.kubernetes(await ports.targets.get(cluster.target));
  if (query.file !== undefined) {
    if (!hasIncarnation(cluster)) return undefined;
    const fact = await readFact(query.file, kubernetes.flink(clusterId));
    return { source: 'live', operationId, log: toFactText(fact, query.file, cluster) };
  }
  const pod = query.pod ?? (await findTaskManager(clusterId, query, kubernetes));
  if (pod === undefined && query.component === 'taskmanager') return undefined;
  const { lines, previous, since: sinceSeconds, grep } = query;
  const log = await readNewest(
    clusterId,
    {
      ...(pod === undefined ? {} : { pod }),
      previous,
      sinceSeconds,
      maxBytes: maxSearchedBytes,
      lines: grep === undefined ? lines : maxSearchedLines,
    },
    kubernetes,
  );
  if (log === undefined) return undefined;
  const { text, isCut, isToStart } = selectLines(log.text, { lines, grep });
  const truncated = isCut || (log.isCut && isToStart);
  return { source: 'live', operationId, log: text, ...(pod && { pod }), ...(truncated && { truncated }) };
};

/** The name of the pod of a TaskManager. Undefined for the JobManager, and when there is no such TaskManager. */
const findTaskManager = async (
  clusterId: string,
  { component, number }: LogQuery,
  kubernetes: Kubernetes,
): Promise<string | undefined> => {
  if (component === 'jobmanager') return undefined;
  const { pods } = await kubernetes.observe(clusterId);
  const taskManagers = pods.filter((pod) => pod.component === 'taskmanager').toSorted(compareNames);
  return taskManagers[number - 1]?.name;
};

const readKeptFile = async (cluster: Cluster, query: LogQuery, ports: Ports): Promise<Answer | undefined> => {
  const { target, clusterId } = cluster;
  const kept: Kept = { target, clusterId, operationId: query.incarnation ?? cluster.operationId };
  const found = await readKept(kept, ports);
  const file = found && findKept(found, query);
  const content = file && (await readFile(kept, file, ports));
  if (file === undefined || content === undefined) return undefined;
  const { operationId } = kept;
  const { pod, at } = file;
  const base = { source: 'kept', operationId, at, ...(pod === undefined ? {} : { pod }) } as const;
  if (query.file !== undefined) return { ...base, log: toFactText(JSON.parse(content), query.file, cluster) };
  const { lines, grep, since } = query;
  const after = since === undefined ? undefined : new Date(Date.parse(at) - since * 1_000);
  const { text, isCut, isToStart } = selectLines(content, { lines, grep, hasTimes: true, after });
  const truncated = isCut || (file.truncated === true && isToStart);
  return { ...base, log: text, ...(truncated && { truncated }) };
};

/** Of several pods of a JobManager, the one whose log was kept last. Of a pod, the last container. */
const findKept = ({ files }: KeptIncarnation, query: LogQuery): KeptFile | undefined => {
  const { file, component, restart, previous } = query;
  if (file !== undefined) return files.find(({ kind }) => kind === file);
  const logs = files.filter(({ kind }) => kind === 'log');
  const wanted =
    query.pod ??
    findPod(
      logs.filter((log) => log.component === component),
      query,
    );
  const containers = logs
    .filter(({ pod }) => pod === wanted)
    .toSorted((a, b) => toRestart(b) - toRestart(a) || b.at.localeCompare(a.at));
  if (restart !== undefined) return containers.find((log) => toRestart(log) === restart);
  const current = containers.find((log) => !isCrashLog(log));
  if (!previous) return current ?? containers[0];
  return containers.find((log) => current === undefined || toRestart(log) !== toRestart(current));
};

const toRestart = ({ restart = 0 }: KeptFile): number => restart;

/** Of the pods of a component, the one that a query without a name is about. */
const findPod = (logs: readonly KeptFile[], { component, number, previous, restart }: LogQuery): string | undefined => {
  if (component === 'taskmanager') {
    const names = [...new Set(logs.flatMap(({ pod }) => pod ?? []))];
    return names.toSorted((a, b) => compareNames({ name: a }, { name: b }))[number - 1];
  }
  const ofRestart = logs.filter((log) => restart === undefined || toRestart(log) === restart);
  const newest = ofRestart.toSorted((a, b) => b.at.localeCompare(a.at));
  return (newest.find((log) => previous || restart !== undefined || !isCrashLog(log)) ?? newest[0])?.pod;
};

const fail = (cluster: Cluster, query: LogQuery): never => {
  const { target, clusterId, state, updatedAt, conditions } = cluster;
  const [subject, are] = query.file === undefined ? [describeLog(query), 'is'] : wordsOfFacts[query.file];
  const { message = '' } = conditions.find(({ type }) => type === 'LogsKept') ?? {};
  const title = `${clusterId} in target ${target}`;
  if (isKeptOnly(query))
    throw new Fault('not-found', `No ${subject} of cluster ${title} ${are} kept. ${message}`.trim());
  if (hasIncarnation(cluster)) throw new Fault('not-found', `Cluster ${title} is ${state}, and has no ${subject}.`);
  throw new Fault(
    'wrong-state',
    `Cluster ${title} is ${state} since ${updatedAt}. Its pods are gone, and no ${subject} ${are} kept. ${message}`.trim(),
  );
};

const wordsOfFacts = {
  exceptions: ['exceptions', 'are'],
  jobs: ['job details', 'are'],
  configuration: ['configuration', 'is'],
} as const;

const describeLog = ({ pod, component, number, previous, restart }: LogQuery): string => {
  const name = component === 'jobmanager' ? 'the JobManager' : `TaskManager ${number}`;
  const log = `log of ${pod === undefined ? name : `pod ${pod}`}`;
  if (restart !== undefined) return `${log} with restart number ${restart}`;
  return previous ? `${log} from before a restart` : log;
};
