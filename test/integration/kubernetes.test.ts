import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { defaultPolicy } from '#events/records/policy.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { IncompleteDeployment } from '#shared/clusters/model/kubernetes.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { type ByHand, kubernetesContract, type World } from '#test/contracts/kubernetes.ts';
import { openAccess } from '#test/support/kubeconfig.ts';

const kubeconfig = process.env['DREY_TEST_KUBECONFIG'];
if (kubeconfig === undefined)
  throw new Error('DREY_TEST_KUBECONFIG does not name a kubeconfig: these tests need a real API server');

const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const apps = config.makeApiClient(AppsV1Api);
const core = config.makeApiClient(CoreV1Api);

const targetOf = (namespace: string): NamedTarget => ({
  name: 'test',
  cluster: 'test',
  region: 'us-east-1',
  namespace,
  defaults: {},
  policy: defaultPolicy,
  limits: {},
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1_000_000,
});

const newNamespace = async () => {
  const { metadata } = await core.createNamespace({ body: { metadata: { generateName: 'drey-test-' } } });
  return metadata?.name ?? '';
};

/** The time limit of a test ends its requests. */
const { signal } = new AbortController();

const open = async (): Promise<World> => {
  const namespace = await newNamespace();
  const metadata = (name: string, labels: Readonly<Record<string, string>> = {}) => ({ name, labels: { ...labels } });
  const template = {
    metadata: { labels: { app: 'by-hand' } },
    spec: { containers: [{ name: 'none', image: 'nowhere.invalid/none' }] },
  };
  return {
    kubernetes: openKubernetes(targetOf(namespace), { access: await openAccess(config), stage: 'test', signal }),
    aborted: openKubernetes(targetOf(namespace), {
      access: await openAccess(config),
      stage: 'test',
      signal: AbortSignal.abort(),
    }),
    namespace,
    async create(kind: ByHand, name: string, labels) {
      const at = metadata(name, labels);
      if (kind === 'Service')
        await core.createNamespacedService({ namespace, body: { metadata: at, spec: { ports: [{ port: 80 }] } } });
      else if (kind === 'ConfigMap') await core.createNamespacedConfigMap({ namespace, body: { metadata: at } });
      else {
        const spec = { replicas: 0, selector: { matchLabels: { app: 'by-hand' } }, template };
        await apps.createNamespacedDeployment({ namespace, body: { metadata: at, spec } });
      }
    },
    async exists(kind: ByHand, name: string) {
      const list = {
        Deployment: () => apps.listNamespacedDeployment({ namespace }),
        Service: () => core.listNamespacedService({ namespace }),
        ConfigMap: () => core.listNamespacedConfigMap({ namespace }),
      }[kind];
      return (await list()).items.some(
        (item) => item.metadata?.name === name && item.metadata.deletionTimestamp === undefined,
      );
    },
    async deleteDeployment(name: string) {
      await apps.deleteNamespacedDeployment({ namespace, name });
    },
    async dispose() {
      await core.deleteNamespace({ name: namespace });
    },
  };
};

kubernetesContract('the API server', open);

describe('the API server', () => {
  const operationId = '0'.repeat(32);
  let namespace: string;
  let kubernetes: ReturnType<typeof openKubernetes>;

  beforeAll(async () => {
    namespace = await newNamespace();
    kubernetes = openKubernetes(targetOf(namespace), { access: await openAccess(config), stage: 'test', signal });
  });
  afterAll(() => core.deleteNamespace({ name: namespace }));

  const manifests = (clusterId: string) =>
    renderCluster({
      mode: 'session',
      clusterId,
      namespace,
      config: { 'kubernetes.container.image.ref': 'nowhere.invalid/flink:2.2' },
    });

  it('names the invalid fields of an object', async () => {
    const { deployment, dependents } = manifests('invalid');
    const wrong = Object.assign({}, deployment, { spec: Object.assign({}, deployment.spec, { replicas: -1 }) });

    const applied = kubernetes.apply({ deployment: wrong, dependents }, operationId);

    await expect(applied).rejects.toMatchObject({
      code: 'refused-option',
      errors: [{ pointer: '/manifests/spec.replicas' }],
    });
  });

  it('names the Deployment when an object that it owns is invalid, so that it can be removed', async () => {
    const { deployment, dependents } = manifests('half');
    const wrong = dependents.map((object) =>
      object.kind === 'ConfigMap' ? Object.assign({}, object, { data: { 'no/key': '' } }) : object,
    );

    const error: unknown = await kubernetes.apply({ deployment, dependents: wrong }, operationId).catch((e) => e);

    if (!(error instanceof IncompleteDeployment)) throw new Error('The Deployment is not named', { cause: error });
    expect(error.code).toBe('refused-option');
    const { uid } = error;
    const cluster = { clusterId: 'half', operationId, uid };
    expect((await kubernetes.listRemaining(cluster)).owned).toContainEqual(
      expect.objectContaining({ kind: 'Deployment', uid }),
    );
    await kubernetes.remove(cluster);
    await expect.poll(async () => (await kubernetes.listRemaining(cluster)).owned, { timeout: 300_000 }).toEqual([]);
  });

  it('reports a missing namespace', async () => {
    const elsewhere = openKubernetes(targetOf('no-such-namespace'), {
      access: await openAccess(config),
      stage: 'test',
      signal,
    });

    const lost = renderCluster({ mode: 'session', clusterId: 'lost', namespace: 'no-such-namespace', config: {} });
    const applied = elsewhere.apply(lost, operationId);

    await expect(applied).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('namespaces "no-such-namespace" not found') as string,
    });
  });

  it('reports the progress of a pod, and why it does not start', async () => {
    await kubernetes.apply(manifests('imageless'), operationId);

    const trouble = async () => (await kubernetes.observe('imageless')).pods[0]?.trouble?.reason;

    await expect.poll(trouble, { timeout: 300_000, interval: 500 }).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    const { pods, warnings } = await kubernetes.observe('imageless');
    expect(warnings.map(({ reason }) => reason)).toContain('Failed');
    expect(Object.keys(pods[0]?.reached ?? {})).toEqual(['scheduled', 'pulling']);
  });
});
