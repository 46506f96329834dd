import type { NamedTarget } from '#events/records/target.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Access } from '#shared/kubernetes/access/credentials.ts';
import { type Client, openClient } from '#shared/kubernetes/api/client.ts';

import { apply } from './apply.ts';
import { dryRun } from './dry-run.ts';
import { openFlinkTransport } from './flink-transport.ts';
import { findStoredCheckpoints } from './high-availability.ts';
import { readLog } from './logs.ts';
import { listDeployments, listFlinkObjects, listPods, listUnreadyPods } from './lists.ts';
import { findDeployment, observe } from './observe.ts';
import { deleteConfigMaps, listRemaining, removeCluster, removeObject } from './remove.ts';

interface KubernetesOptions {
  readonly access: Access;
  /** Ends all requests. */
  readonly signal: AbortSignal;
  /** The stage, as a text that no other stage has. */
  readonly stage: string;
  readonly client?: Client;
}

/** The port to the Kubernetes of one target, through its API server. */
export const openKubernetes = (
  target: NamedTarget,
  { access, signal, stage, client = openClient(target, { access, signal }) }: KubernetesOptions,
): Kubernetes => {
  const api = { client, target, owner: `${stage}/${target.name}` };
  return {
    locate: async () => void (await access.open(target, signal)),
    connect: () => void client.connect().catch(() => {}), // The next request fails in the same way, and reports it.
    apply: (manifests, operationId) => apply(manifests, operationId, api),
    dryRun: (manifests) => dryRun(manifests, api),
    observe: (clusterId) => observe(clusterId, api),
    findDeployment: (clusterId) => findDeployment(clusterId, api),
    listDeployments: () => listDeployments(api),
    listUnreadyPods: () => listUnreadyPods(api),
    listPods: (clusterIds) => listPods(clusterIds, api),
    remove: (cluster) => removeCluster(cluster, api),
    listRemaining: (cluster) => listRemaining(cluster, api),
    findStoredCheckpoints: (clusterId, jobId) => findStoredCheckpoints(clusterId, jobId, api),
    removeConfigMaps: (configMaps) => deleteConfigMaps(configMaps, api),
    listFlinkObjects: () => listFlinkObjects(api),
    removeObject: (object) => removeObject(object, api),
    readLog: (clusterId, options) => readLog(clusterId, options, api),
    flink: (clusterId) => openFlinkTransport(clusterId, api),
  };
};
