/**
 * `npm run bench:removal`: removes clusters from a real API server with its controllers, in turn as Drey does it and by the
 * foreground deletion of their Deployments, until the absence of every object is proved.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import Table from 'cli-table3';
import { Command } from 'commander';
import pMap from 'p-map';

import { root } from '#local/settings.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { getTaskManagerLabels } from '#shared/flink/names.ts';
import { type Client, openClient } from '#shared/kubernetes/api/client.ts';
import { collectionPath, objectPath } from '#shared/kubernetes/api/paths.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { openAccess } from '#test/support/kubeconfig.ts';

import { median } from './measure.ts';

const run = promisify(execFile);
const scripts = join(root, 'local/kubernetes');
const env = {
  ...process.env,
  CLUSTER_STATE: join(root, '.local/bench-removal'),
  CLUSTER_PORT: '7973',
  CLUSTER_NET: '10.86',
  CLUSTER_NODE: '0',
};
/** How often a removal that waits is checked again. */
const pollMs = 250;

const ways = {
  foreground: 'the Deployment in the foreground',
  explicit: 'each object by Drey',
} as const;
type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as Way[]; // the keys of the table

interface Removed {
  readonly clusterId: string;
  readonly uid: string;
}

/** Clusters in a namespace of their own, and the ways to remove them. */
const openNamespace = async (core: CoreV1Api, config: KubeConfig) => {
  const { metadata } = await core.createNamespace({ body: { metadata: { generateName: 'removal-' } } });
  const namespace = metadata?.name ?? '';
  const target = { ...plainTarget, name: 'bench', namespace };
  const access = await openAccess(config);
  const signal = new AbortController().signal;
  const client = openClient(target, { access, signal });
  return { namespace, client, kubernetes: openKubernetes(target, { access, signal, stage: 'bench', client }) };
};
type Namespace = Awaited<ReturnType<typeof openNamespace>>;

const operationId = '0'.repeat(32);

const createCluster = async (
  clusterId: string,
  taskManagers: number,
  { kubernetes, namespace, client }: Namespace,
): Promise<Removed> => {
  const config = { 'kubernetes.container.image.ref': 'nowhere.invalid/flink:2.2' };
  const { uid } = await kubernetes.apply(renderCluster({ mode: 'session', clusterId, namespace, config }), operationId);
  for (let index = 1; index <= taskManagers; index += 1)
    await client.send({
      method: 'POST',
      path: collectionPath('Pod', namespace),
      json: {
        kind: 'Pod',
        metadata: {
          name: `${clusterId}-taskmanager-1-${index}`,
          labels: getTaskManagerLabels(clusterId),
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              name: clusterId,
              uid,
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
        spec: { containers: [{ name: 'flink-main-container', image: 'nowhere.invalid/flink:2.2' }] },
      },
    });
  return { clusterId, uid };
};

const removals: Readonly<Record<Way, (cluster: Removed, namespace: Namespace) => Promise<void>>> = {
  async foreground({ clusterId, uid }, { kubernetes, client, namespace }) {
    const json = { propagationPolicy: 'Foreground', preconditions: { uid } };
    await client.send({ method: 'DELETE', path: objectPath('Deployment', namespace, clusterId), json });
    while ((await kubernetes.listRemaining({ clusterId, operationId, uid })).owned.length > 0) await sleep(pollMs);
  },
  async explicit({ clusterId, uid }, { kubernetes }) {
    await kubernetes.remove({ clusterId, operationId, uid });
    while ((await kubernetes.remove({ clusterId, operationId, uid })).owned.length > 0) await sleep(pollMs);
  },
};

const countPods = async (client: Client, namespace: string) => {
  const { body } = await client.send({ method: 'GET', path: collectionPath('Pod', namespace) });
  return (body as { items: unknown[] }).items.length; // A list of the API server.
};

/** The garbage collector has nothing left to do when it collects a new orphan at once. */
const waitForCollector = async (core: CoreV1Api, namespace: string): Promise<void> => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'none', uid: '00000000-0000-4000-8000-000000000000' };
  for (let quickly = 0; quickly < 2;) {
    const metadata = { generateName: 'orphan-', ownerReferences: [owner] };
    const { metadata: { name = '' } = {} } = await core.createNamespacedConfigMap({ namespace, body: { metadata } });
    const began = Date.now();
    const exists = async () =>
      (await core.listNamespacedConfigMap({ namespace })).items.some((item) => item.metadata?.name === name);
    while (await exists()) await sleep(50);
    quickly = Date.now() - began < 1_000 ? quickly + 1 : 0;
  }
  await sleep(3_000); // Its token bucket is full again.
};

interface Options {
  readonly clusters: number;
  readonly rounds: number;
  readonly atOnce: number;
  readonly taskManagers: number;
}

/** Returns the clusters a second of each round. */
const measure = async ({ clusters, rounds, atOnce, taskManagers }: Options) => {
  const config = new KubeConfig();
  config.loadFromFile(join(env.CLUSTER_STATE, 'kubeconfig'));
  const core = config.makeApiClient(CoreV1Api);
  const namespace = await openNamespace(core, config);
  const figures: Record<Way, number[]> = { foreground: [], explicit: [] };
  // Round 0 is not counted, because it fills the caches.
  for (let round = 0; round <= rounds; round += 1)
    for (const way of wayNames) {
      const ids = Array.from({ length: clusters }, (_, index) => `c${round}-${way}-${index}`);
      const created = await pMap(ids, (id) => createCluster(id, taskManagers, namespace), { concurrency: 8 });
      while ((await countPods(namespace.client, namespace.namespace)) < clusters * (1 + taskManagers))
        await sleep(pollMs);
      await waitForCollector(core, namespace.namespace);
      const began = performance.now();
      await pMap(created, (cluster) => removals[way](cluster, namespace), { concurrency: atOnce });
      const perSecond = clusters / ((performance.now() - began) / 1_000);
      if (round > 0) figures[way].push(perSecond);
      process.stderr.write(`round ${round}/${rounds}  ${way.padEnd(10)} ${perSecond.toFixed(2)} a second\n`);
    }
  return figures;
};

const { clusters, rounds, atOnce, taskManagers, output } = new Command('npm run bench:removal --')
  .option('--clusters <n>', 'clusters to remove in a round', '40')
  .option('--rounds <n>', 'counted rounds', '5')
  .option('--at-once <n>', 'removals at once', '40')
  .option('--task-managers <n>', 'TaskManagers of each cluster', '2')
  .option('--output <format>', 'table or json', 'table')
  .parse()
  .opts<Record<'clusters' | 'rounds' | 'atOnce' | 'taskManagers' | 'output', string>>();
await run(join(scripts, 'down'), ['--clean'], { env });
await run(join(scripts, 'start-control-plane'), [], { env });
try {
  const options = {
    clusters: Number(clusters),
    rounds: Number(rounds),
    atOnce: Number(atOnce),
    taskManagers: Number(taskManagers),
  };
  const figures = await measure(options);
  const medians = wayNames.map((way) => ({ way, perSecond: median(figures[way]), rounds: figures[way] }));
  const ratio = median(figures.explicit) / median(figures.foreground);
  if (output === 'json') console.log(JSON.stringify({ ...options, medians, ratio }, undefined, 2));
  else {
    const table = new Table({
      head: ['removal', 'clusters a second', 'fastest', 'slowest'],
      style: { head: [], border: [] },
    });
    for (const { way, perSecond, rounds: all } of medians)
      table.push([ways[way], ...[perSecond, Math.max(...all), Math.min(...all)].map((value) => value.toFixed(2))]);
    console.log(
      `medians of ${rounds} rounds of ${clusters} clusters with ${taskManagers} TaskManagers each, ${atOnce} at once`,
    );
    console.log(`${table.toString()}\n${ratio.toFixed(1)} times as many`);
  }
} finally {
  await run(join(scripts, 'down'), ['--clean'], { env });
}
