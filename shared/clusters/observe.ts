import { type Cluster, clusterStates, isOver, type NamedTarget } from '#events/model.ts';
import { Fault } from '#events/problem.ts';

import { accept } from './accept.ts';
import { endApplication, failCrashed } from './application.ts';
import { observeJobs } from './observe-jobs.ts';
import type { LogFields, ObservedDeployment, Ports } from './ports.ts';
import { redrive, removeLeftover, stopAgain } from './redrive.ts';

const pageSize = 100;
const atOnce = 8;
const liveStates = clusterStates.filter((state) => !isOver({ state }));

/**
 * The minute's look at every target: jobs that changed, clusters that somebody deleted by hand, operations that
 * nobody carries on, Deployments that belong to no cluster any more. A target that does not answer changes nothing.
 */
export const observe = async (ports: Ports, signal: AbortSignal): Promise<void> => {
  await Promise.all((await ports.targets.list()).map((target) => observeTarget(target, ports, signal)));
};

const observeTarget = async (target: NamedTarget, ports: Ports, signal: AbortSignal): Promise<void> => {
  await tolerating('target not observed', { target: target.name }, ports, async () => {
    const name = target.name;
    const operations = await ports.store.openOperations(name);
    await each(operations, (operationId) =>
      tolerating('operation not carried on', { target: name, operationId }, ports, () =>
        redrive(operationId, ports, signal),
      ),
    );
    const kubernetes = ports.kubernetes(target);
    const listed = await kubernetes.deployments(signal);
    const deployments = new Map(listed.map((deployment) => [deployment.clusterId, deployment]));
    const clusters = await liveClusters(name, ports);
    await each(clusters, (cluster) =>
      tolerating('cluster not observed', { target: name, clusterId: cluster.clusterId }, ports, () =>
        observeCluster(cluster, deployments.get(cluster.clusterId), target, ports, signal),
      ),
    );
    const claimed = new Set(clusters.map(({ operationId }) => operationId));
    await each(
      listed.filter(({ operationId }) => operationId !== undefined && !claimed.has(operationId)),
      (deployment) =>
        tolerating('leftover not removed', { target: name, clusterId: deployment.clusterId }, ports, () =>
          removeLeftover(name, deployment, { kubernetes, ports }, signal),
        ),
    );
  });
};

/** Some side by side. */
const each = async <T>(items: readonly T[], look: (item: T) => Promise<void>): Promise<void> => {
  for (let at = 0; at < items.length; at += atOnce) await Promise.all(items.slice(at, at + atOnce).map(look));
};

/** What cannot be seen of one does not keep the others from being looked at. */
const tolerating = async (
  what: string,
  fields: LogFields,
  { log }: Ports,
  look: () => Promise<void>,
): Promise<void> => {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.warn(what, { ...fields, code: error.code, detail: error.message });
  }
};

const liveClusters = async (target: string, { store }: Ports): Promise<readonly Cluster[]> => {
  const found: Cluster[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.clusters(target, {
      states: liveStates,
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
};

const observeCluster = async (
  cluster: Cluster,
  listed: ObservedDeployment | undefined,
  target: NamedTarget,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> => {
  if (cluster.state !== 'RUNNING') return stopAgain(cluster, ports, signal);
  const deleted = isGone(cluster, listed) && (await isStillGone(cluster, target, ports, signal));
  if (deleted) return stopDeleted(cluster, ports, signal);
  const { reachable } = await observeJobs(cluster, ports, signal);
  if (cluster.mode !== 'application') return;
  if (reachable === 'Unknown') await failCrashed(cluster, target, ports, signal);
  await endApplication(cluster, ports, signal);
};

const isGone = ({ uid }: Cluster, deployment: ObservedDeployment | undefined) =>
  deployment === undefined || deployment.uid !== uid || deployment.deleting;

/** The list may be older than the record: what it lacks is asked for by name before anything ends. */
const isStillGone = async (cluster: Cluster, target: NamedTarget, ports: Ports, signal: AbortSignal) =>
  isGone(cluster, (await ports.kubernetes(target).observe(cluster.clusterId, signal)).deployment);

const stopDeleted = async ({ target, clusterId, uid }: Cluster, ports: Ports, signal: AbortSignal) => {
  const data = { savepoint: 'none', ha: 'keep', reason: 'DeploymentDeleted' } as const;
  await accept(
    { kind: 'stop', target, clusterId, data, key: `deployment-deleted/${clusterId}/${uid ?? ''}`, door: 'observer' },
    ports,
    signal,
  );
  ports.log.info('cluster was deleted by hand', { target, clusterId });
};
