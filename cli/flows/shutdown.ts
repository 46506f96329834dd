import { Failure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import type { Accepted, Orphans, Schedules, Targets } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { showProgress } from '#cli/output/progress.ts';
import type { Cluster } from '#events/cluster.ts';
import type { Schedule } from '#events/schedules.ts';

import { clusterPath, clusterTitle, findLiveCluster, readCluster, readClusters } from './clusters.ts';
import { readOperation } from './operations.ts';
import { createBackoff } from './pause.ts';

/** What is live in a target. A queued deploy is a cluster in state QUEUED. */
export interface LiveTarget {
  readonly target: string;
  readonly clusters: readonly Cluster[];
  /** The schedules that are enabled. */
  readonly schedules: readonly Schedule[];
}

/** How the clusters are stopped: the body of the stop command. */
export interface StopBody {
  readonly savepoint?: string;
  readonly savepointDirectory?: string;
  readonly ha?: string;
}

const maxConcurrentTargets = 4;
const maxConcurrentStops = 8;
const backoff = { firstMs: 500, maxMs: 5_000 };

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
  const read = async (target: string): Promise<LiveTarget> => {
    const [clusters, { schedules }] = await Promise.all([
      readClusters(target, context),
      readList<Schedules>(context.api, path`/v1/targets/${target}/schedules`, { items: 'schedules' }),
    ]);
    return { target, clusters, schedules: schedules.filter(({ definition }) => definition.enabled) };
  };
  return pMap(targets, read, { concurrency: maxConcurrentTargets });
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
 * @returns The clusters that could not be stopped, each with the reason.
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
    const live = (await readLiveTargets(targets, context)).flatMap(({ clusters }) => clusters);
    const remaining = live.filter((cluster) => !failures.has(clusterPath(cluster)));
    if (remaining.length === 0) return [...failures.values()];
    let open = remaining.length;
    const stop = async (cluster: Cluster) => {
      progress.showPhase(`${open} clusters are live`);
      const failure = await stopCluster(cluster, body, context);
      open -= 1;
      if (failure === undefined) progress.keepLine(`${clusterTitle(cluster)} in target ${cluster.target}: stopped`);
      else failures.set(clusterPath(cluster), `${clusterTitle(cluster)} in target ${cluster.target}: ${failure}`);
    };
    await pMap(remaining, stop, { concurrency: maxConcurrentStops });
  }
};

/** The reason why the cluster is still live; undefined when it is terminal, or when an earlier stop has a result. */
const stopCluster = async (cluster: Cluster, body: StopBody, context: Context): Promise<string | undefined> => {
  const pause = createBackoff(backoff, context.signal);
  if (cluster.state === 'STOPPING') {
    while ((await readCluster(cluster, context)).state === 'STOPPING') await pause();
    return undefined;
  }
  const { isTerminalOperation } = await import('#events/operation.ts');
  try {
    let { operation } = await context.api.post<Accepted>(`${clusterPath(cluster)}/stop`, body);
    while (!isTerminalOperation(operation)) {
      await pause();
      operation = await readOperation(operation.operationId, context);
    }
    if (operation.state === 'SUCCEEDED') return undefined;
    return operation.problem?.detail ?? `The stop is ${operation.state}.`;
  } catch (error) {
    if (!(error instanceof Failure) || context.signal.aborted) throw error;
    // The cluster may have become terminal before the stop arrived.
    return (await findLiveCluster(cluster, context)) === undefined ? undefined : error.message;
  }
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
