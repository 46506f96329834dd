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
import { compareNames } from '#shared/clusters/model/kept-logs.ts';
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
 * The last lines of a log: of a pod that exists, and otherwise the kept ones. A cluster that no longer exists, and a query
 * for an incarnation, have kept ones only.
 *
 * @throws Fault `not-found` for the cluster, or when there is neither such a container nor a kept file; `wrong-state` when
 * the cluster has ended and nothing is kept.
 */
export const readLog = async (clusterRef: ClusterRef, query: LogQuery, ports: Ports): Promise<Answer> => {
  const { value: cluster } = await getCluster(clusterRef, ports.store);
  const isKeptOnly = query.kept || query.incarnation !== undefined;
  const live = isKeptOnly ? undefined : await readLive(cluster, query, ports);
  return live ?? (await readKeptFile(cluster, query, ports)) ?? fail(cluster, query);
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
  const { text, isCut } = selectLines(log.text, { lines, grep });
  // More lines than were asked for are no reason to say so.
  const truncated = isCut || (log.isCut && grep !== undefined);
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
  const { text, isCut } = selectLines(content, { lines, grep, hasTimes: true, after });
  const truncated = isCut || file.truncated === true;
  return { ...base, log: text, ...(truncated && { truncated }) };
};

const sortNewest = (files: readonly KeptFile[]): readonly KeptFile[] =>
  files.toSorted((a, b) => (b.restart ?? 0) - (a.restart ?? 0) || b.at.localeCompare(a.at));

/** Of several pods, or crashed containers, the newest file. */
const findKept = ({ files }: KeptIncarnation, query: LogQuery): KeptFile | undefined => {
  if (query.file !== undefined) return files.find(({ kind }) => kind === query.file);
  const logs = files.filter(({ kind }) => kind === 'log');
  const pods = logs.filter(({ component }) => component === query.component).map(({ pod = '' }) => ({ name: pod }));
  const names = [...new Set(pods.toSorted(compareNames).map(({ name }) => name))];
  const wanted =
    query.pod ??
    (query.component === 'taskmanager' ? names[query.number - 1] : sortNewest(logs.filter(isJobManager))[0]?.pod);
  return sortNewest(logs.filter(({ pod }) => pod === wanted))[query.previous ? 1 : 0];
};

const isJobManager = ({ component }: KeptFile): boolean => component === 'jobmanager';

const fail = (cluster: Cluster, query: LogQuery): never => {
  const { target, clusterId, state, updatedAt, conditions } = cluster;
  const subject = query.file ?? describeContainer(query);
  const { message = '' } = conditions.find(({ type }) => type === 'LogsKept') ?? {};
  if (query.kept || query.incarnation !== undefined || hasIncarnation(cluster))
    throw new Fault(
      'not-found',
      query.kept || query.incarnation !== undefined
        ? `Of cluster ${clusterId} in target ${target}, no ${subject} is kept. ${message}`.trim()
        : `Cluster ${clusterId} in target ${target} is ${state}, and has no ${subject}.`,
    );
  throw new Fault(
    'wrong-state',
    `Cluster ${clusterId} in target ${target} is ${state} since ${updatedAt}. Its ${subject} was removed with it, and is not kept. ${message}`.trim(),
  );
};

const describeContainer = ({ pod, component, number, previous }: LogQuery): string => {
  const name = component === 'jobmanager' ? 'JobManager container' : `TaskManager ${number} with a container`;
  const container = pod === undefined ? name : `container of pod ${pod}`;
  return previous ? `${container} from before a restart` : container;
};
