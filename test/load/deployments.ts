import { setTimeout as sleep } from 'node:timers/promises';

import { AppsV1Api, KubeConfig, makeInformer, type V1Deployment } from '@kubernetes/client-node';

import type { LocalSystem } from '#local/system.ts';
import { operationAnnotation } from '#shared/kubernetes/ownership.ts';

interface CreatedDeployment {
  readonly at: number;
  readonly uids: Set<string>;
}

/** The Deployments of a load, as a watch of the API server has them. */
export class DeploymentWatch {
  readonly created = new Map<string, CreatedDeployment>();
  readonly live = new Set<string>();
  maxLive = 0;
  private readonly prefix: string;
  private readonly onCreated: (clusterId: string) => void;

  constructor(prefix: string, onCreated: (clusterId: string) => void) {
    this.prefix = prefix;
    this.onCreated = onCreated;
  }

  /** Starts the watch. Returns a function that ends it. */
  async start(system: LocalSystem): Promise<() => void> {
    const config = new KubeConfig();
    config.loadFromFile(system.kubeconfig);
    const apps = config.makeApiClient(AppsV1Api);
    const path = `/apis/apps/v1/namespaces/${system.namespace}/deployments`;
    const informer = makeInformer(config, path, () => apps.listNamespacedDeployment({ namespace: system.namespace }));
    informer.on('add', (deployment) => this.add(deployment));
    informer.on('delete', ({ metadata }) => this.live.delete(metadata?.name ?? ''));
    // The server ends a watch from time to time, which is an error, too. The list of the next watch has what was missed.
    let isStopped = false;
    informer.on('error', () => void sleep(500).then(() => (isStopped ? undefined : informer.start())));
    await informer.start();
    return () => {
      isStopped = true;
      void informer.stop();
    };
  }

  private add(deployment: V1Deployment): void {
    const { name = '', uid = '', annotations = {} } = deployment.metadata ?? {};
    if (!name.startsWith(`${this.prefix}-`) || annotations[operationAnnotation] === undefined) return;
    this.live.add(name);
    this.maxLive = Math.max(this.maxLive, this.live.size);
    const known = this.created.get(name);
    known?.uids.add(uid);
    if (known !== undefined) return;
    this.created.set(name, { at: Date.now(), uids: new Set([uid]) });
    this.onCreated(name);
  }
}
