import { Failure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import type { Accepted, Orphans, Schedules, Targets } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { showProgress } from '#cli/output/progress.ts';
import { clusterStates, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Operation } from '#events/records/operation.ts';
import type { Schedule } from '#events/records/schedules.ts';

import {
  clusterPath,
  clusterTitle,
  describeUnreadable,
  findCluster,
  readCluster,
  readClusters,
} from '#cli/flows/clusters.ts';
import { pollUntilTerminal, readOperation } from '#cli/flows/operations.ts';

/** What is live in a target. A queued deploy is a cluster in state QUEUED. */
export interface LiveTarget {
  readonly target: string;
  /** The live clusters, and the FAILED ones whose objects are kept. */
  readonly clusters: readonly Cluster[];
  /** The schedules that are enabled. */
  readonly schedules: readonly Schedule[];
  /** The clusters and schedules whose states are unknown, each with the reason. */
  readonly unknown: readonly string[];
}

/** How the clusters are stopped: the body of the stop command. */
export interface StopBody {
  readonly savepoint?: string;
  readonly savepointDirectory?: string;
  readonly ha?: string;
}

const maxConcurrentTargets = 4;
const maxConcurrentStops = 8;

/** @throws Failure when one of the names is no target. */
export const findTargets = async (names: readonly string[], { api }: Context): Promise<readonly string[]> => {
  const all = (await readList<Targets>(api, '/v1/targets', { items: 'targets' })).targets.map(({ name }) => name);
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new Failure(`There is no target ${unknown.join(', ')}.`, {
      code: 'not-found',
      hint: 'Run `drey targets` to list them.',
    });
  return names.length === 0 ? all : names;
};

export const readLiveTargets = async (targets: readonly string[], context: Context): Promise<readonly LiveTarget[]> => {
  const { default: pMap } = await import('p-map');
  const states = clusterStates.filter((state) => state === 'FAILED' || !isTerminalCluster({ state }));
  const needsStop = await importNeedsStop();
  const read = async (target: string): Promise<LiveTarget> => {
    const [{ clusters, unreadable }, { schedules, unreadable: unreadableSchedules }] = await Promise.all([
      readClusters(target, context, { state: states.join(',') }),
      readList<Schedules>(context.api, path`/v1/targets/${target}/schedules`, { items: 'schedules' }),
    ]);
    return {
      target,
      clusters: clusters.filter(needsStop),
      schedules: schedules.filter(({ definition }) => definition.enabled),
      unknown: [
        ...describeUnreadable('cluster', target, unreadable),
        ...describeUnreadable('schedule', target, unreadableSchedules),
      ],
    };
  };
  return pMap(targets, read, { concurrency: maxConcurrentTargets });
};

/** Loads the predicate of the clusters that have to be stopped: the live ones, and the FAILED ones with kept objects. */
const importNeedsStop = async () => {
  const { holdsFailedObjects } = await import('#events/records/cluster.ts');
  return (cluster: Cluster) => !isTerminalCluster(cluster) || holdsFailedObjects(cluster);
};

/** Disables the schedules, and pauses the admission queue, so that nothing starts again. */
export const holdStarts = async ({ target, schedules }: LiveTarget, { api }: Context): Promise<void> => {
  for (const { name, definition } of schedules)
    await api.put(path`/v1/targets/${target}/schedules/${name}`, { ...definition, enabled: false });
  await api.put(path`/v1/targets/${target}/queue`, { paused: true });
};

/**
 * Stops the clusters, and waits until each stop has a result. Clusters that other commands start concurrently are stopped
 * as well.
 *
 * @returns What is or may be live, each with the reason.
 */
export const stopClusters = async (
  targets: readonly string[],
  body: StopBody,
  context: Context,
): Promise<readonly string[]> => {
  const { default: pMap } = await import('p-map');
  using progress = showProgress('Stopping all clusters', context.io.stderr);
  const failures = new Map<string, string>();
  for (;;) {
    const live = await readLiveTargets(targets, context);
    const remaining = live.flatMap(({ clusters }) => clusters).filter((cluster) => !failures.has(clusterPath(cluster)));
    if (remaining.length === 0) return [...failures.values(), ...live.flatMap(({ unknown }) => unknown)];
    let open = remaining.length;
    const stop = async (cluster: Cluster) => {
      progress.showPhase(`live clusters: ${open}`);
      const failure = await stopCluster(cluster, body, context);
      open -= 1;
      if (failure === undefined) progress.keepLine(`${clusterTitle(cluster)} in target ${cluster.target}: stopped`);
      else failures.set(clusterPath(cluster), `${clusterTitle(cluster)} in target ${cluster.target}: ${failure}`);
    };
    await pMap(remaining, stop, { concurrency: maxConcurrentStops });
  }
};

/** The reason why the cluster is still live; undefined when it is not. */
const stopCluster = async (cluster: Cluster, body: StopBody, context: Context): Promise<string | undefined> => {
  try {
    const stop = await sendStop(cluster, body, context);
    stop.warnings?.forEach((warning) => context.printNotice(`WARN ${clusterTitle(cluster)}: ${warning}`));
    if (stop.state === 'SUCCEEDED') return undefined;
    return stop.problem?.detail ?? `The stop is ${stop.state}.`;
  } catch (error) {
    if (!(error instanceof Failure) || context.signal.aborted) throw error;
    // The cluster may have become terminal before the stop arrived.
    const latest = await findCluster(cluster, context);
    return latest !== undefined && (await importNeedsStop())(latest) ? error.message : undefined;
  }
};

/** Stops the cluster after a stop with other options that is running, unless that one succeeds. */
const sendStop = async (cluster: Cluster, body: StopBody, context: Context): Promise<Operation> => {
  try {
    return await runStop(cluster, body, context);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'wrong-state') throw error;
    const { target, state, stopOperationId } = await readCluster(cluster, context);
    if (state !== 'STOPPING' || stopOperationId === undefined) throw error;
    const running = await pollUntilTerminal(
      await readOperation({ target, operationId: stopOperationId }, context),
      context,
    );
    return running.state === 'SUCCEEDED' ? running : runStop(cluster, body, context);
  }
};

/** Sends the stop and waits for its result. The API joins it to a running stop with the same options. */
const runStop = async (cluster: Cluster, body: StopBody, context: Context): Promise<Operation> => {
  const post = (data: StopBody) => context.api.post<Accepted>(`${clusterPath(cluster)}/stop`, data);
  const { operation } = await post(body).catch((error: unknown) => {
    // The cluster is starting, so that it has nothing to save yet.
    if (error instanceof Failure && error.code === 'not-ready') return post({ ...body, savepoint: 'none' });
    throw error;
  });
  return pollUntilTerminal(operation, context);
};

/** The Kubernetes objects that no cluster owns, of all targets. A target that does not respond has a text instead. */
export const readOrphans = async (
  targets: readonly string[],
  context: Context,
): Promise<readonly { readonly target: string; readonly orphans: Orphans['orphans'] | string }[]> => {
  const { default: pMap } = await import('p-map');
  const read = async (target: string) => {
    try {
      const { orphans } = await readList<Orphans>(context.api, path`/v1/targets/${target}/orphans`, {
        items: 'orphans',
      });
      return { target, orphans };
    } catch (error) {
      if (error instanceof Failure && !context.signal.aborted) return { target, orphans: error.message };
      throw error;
    }
  };
  return pMap(targets, read, { concurrency: maxConcurrentTargets });
};
