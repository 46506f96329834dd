import { type Cluster, clusterStates, type DeploymentMode } from '#events/cluster.ts';
import type { Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import type { Transition } from '#events/transitions.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { liveStates } from '#shared/clusters/model/cluster-states.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Page } from '#shared/clusters/ports/store.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';

const betweenLooksMs = 500;

export const readCluster = async (clusterRef: ClusterRef, { store }: Ports): Promise<Cluster> =>
  (await getCluster(clusterRef, store)).value;

interface ClusterFilter {
  readonly states?: string | undefined;
  readonly mode?: DeploymentMode | undefined;
  readonly labels?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** The clusters of a target; those that live, unless states are named. */
export const readClusters = async (
  target: string,
  { states, mode, labels, cursor, limit }: ClusterFilter,
  ports: Ports,
): Promise<Page<Cluster>> => {
  await ports.targets.get(target);
  const wanted = states === undefined ? liveStates : states.split(',').map(asState);
  const pairs = labels === undefined ? [] : labels.split(',').map(asPair);
  const page = await ports.store.clusters(target, {
    states: wanted,
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return {
    ...page,
    items: page.items
      .filter((cluster) => mode === undefined || cluster.mode === mode)
      .filter((cluster) => pairs.every(([name, value]) => cluster.labels[name] === value)),
  };
};

const asState = (word: string) => {
  const state = clusterStates.find((known) => known === word.trim().toUpperCase());
  if (state === undefined) throw malformed('/state', `${word} is no state; there are ${clusterStates.join(', ')}`);
  return state;
};

const asPair = (text: string): readonly [string, string] => {
  const at = text.indexOf('=');
  if (at < 1) throw malformed('/label', `${text} is not key=value`);
  return [text.slice(0, at), text.slice(at + 1)];
};

const malformed = (pointer: string, detail: string) =>
  new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });

export const readJobs = observeJobs;

/** @throws Fault `not-found` */
export const readJob = async (clusterRef: ClusterRef, jobId: string, ports: Ports): Promise<Job> => {
  const { jobs } = await observeJobs(clusterRef, ports);
  const job = jobs.find((candidate) => candidate.jobId === jobId);
  if (job === undefined)
    throw new Fault('not-found', `there is no job ${jobId} on ${clusterRef.clusterId} in target ${clusterRef.target}`);
  return job;
};

export const readTransitions = async (
  clusterRef: ClusterRef,
  range: { readonly after: number; readonly limit: number },
  { store }: Ports,
): Promise<readonly Transition[]> => {
  await getCluster(clusterRef, store);
  return store.transitions(clusterRef, range);
};

/** @throws Fault `not-found` when there is no JobManager to ask. */
export const readLog = async (
  clusterRef: ClusterRef,
  options: { readonly lines: number; readonly previous: boolean },
  ports: Ports,
): Promise<string> => {
  await getCluster(clusterRef, ports.store);
  const log = await ports.kubernetes(await ports.targets.get(clusterRef.target)).logs(clusterRef.clusterId, options);
  if (log === undefined)
    throw new Fault(
      'not-found',
      `cluster ${clusterRef.clusterId} has no ${options.previous ? 'earlier ' : ''}JobManager container`,
    );
  return log;
};

/** The operation once it is over, or as it is after so many milliseconds. */
export const waitForOperation = async (
  operation: StoredOperation,
  waitMs: number,
  { store, now, sleep }: Ports,
): Promise<StoredOperation> => {
  const until = now().getTime() + waitMs;
  let latest = operation;
  while (!isTerminalOperation(latest) && now().getTime() < until) {
    await sleep(Math.min(betweenLooksMs, until - now().getTime()));
    latest = (await getOperation(operation.operationId, store)).value;
  }
  return latest;
};

/** @throws Fault `jar-refused` when it is larger than the target takes. */
export const upload = async (
  target: NamedTarget,
  request: { readonly name: string; readonly bytes: number },
  jars: Jars,
) => {
  if (request.bytes > target.maxJarBytes) {
    const detail = `${request.name} has ${request.bytes} bytes, and target ${target.name} takes ${target.maxJarBytes}`;
    throw new Fault('jar-refused', detail, { errors: [{ pointer: '/bytes', detail }] });
  }
  return jars.upload({ target: target.name, ...request });
};
