import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { webhookUrl } from './emulator.ts';
import { run, scriptProcesses } from './processes.ts';
import { namespace, root, type Settings } from './settings.ts';

type Script = 'build' | 'packages' | 'images' | 'flink-home' | 'start-control-plane' | 'start-node' | 'down';

/** Runs one of the programs of `local/kubernetes`; its output goes to the log `kubernetes-PROGRAM`. */
export const kubernetesScript = async (script: Script, settings: Settings, ...args: string[]): Promise<void> => {
  const webhook = join(settings.state, 'token-webhook');
  await run(join(root, 'local/kubernetes', script), args, {
    log: join(settings.logs, `kubernetes-${script}`),
    env: {
      ...process.env,
      CLUSTER_STATE: settings.kubernetesState,
      CLUSTER_CACHE: settings.cache,
      CLUSTER_PORT: String(settings.kubernetesPort),
      CLUSTER_NET: settings.kubernetesNet,
      CLUSTER_NODE: settings.controlPlaneOnly ? '0' : '1',
      CLUSTER_TOKEN_WEBHOOK: webhook,
      CLUSTER_TOKEN_WEBHOOK_VERSION: 'v1',
      CLUSTER_APISERVER_ARGS: '--authentication-token-webhook-cache-ttl=5s',
    },
  });
};

/** Tells the API server to ask the emulator about tokens. The emulator need not be there yet. */
export const writeTokenWebhook = (settings: Settings): void => {
  mkdirSync(settings.state, { recursive: true });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'eks', cluster: { server: webhookUrl(settings) } }],
    users: [{ name: 'eks', user: {} }],
    contexts: [{ name: 'eks', context: { cluster: 'eks', user: 'eks' } }],
    'current-context': 'eks',
  };
  writeFileSync(join(settings.state, 'token-webhook'), JSON.stringify(config), { mode: 0o600 });
};

/** The administrator's kubeconfig: the given one, or that of the own cluster. */
export const kubeconfigOf = (settings: Settings): string =>
  settings.givenKubeconfig ?? join(settings.kubernetesState, 'kubeconfig');

/** The certificate authority of the own cluster, as PEM. */
export const ownAuthority = (settings: Settings): string =>
  readFileSync(join(settings.kubernetesState, 'pki/ca.crt'), 'utf8');

const controlPlane = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** The programs of the own cluster that run. */
export const kubernetesProcesses = (settings: Settings) => scriptProcesses(join(settings.kubernetesState, 'pid'));

/** Whether all of the own cluster runs that the settings ask for. */
export const kubernetesRuns = async (settings: Settings): Promise<boolean> => {
  const wanted = settings.controlPlaneOnly ? controlPlane : [...controlPlane, 'node', 'forward'];
  const names = new Set(kubernetesProcesses(settings).map(({ name }) => name));
  return wanted.every((name) => names.has(name));
};

/** The namespace that clusters go to, and who may do what in it. */
export const prepareNamespace = async (settings: Settings): Promise<void> => {
  const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await kubectl(settings, ['apply', '-f', '-'], manifest);
  const rbac = join(settings.project, 'infra/kubernetes/rbac.yaml');
  if (!existsSync(rbac)) throw new Error(`${rbac} is missing`);
  await kubectl(settings, ['apply', '--namespace', namespace, '-f', rbac]);
};

const kubectl = (settings: Settings, args: readonly string[], input?: string) =>
  run('kubectl', args, {
    log: join(settings.logs, 'kubectl'),
    env: { ...process.env, KUBECONFIG: kubeconfigOf(settings) },
    input,
  });

/** The folder with Flink's jars, its client's scripts and its examples. `flink-home` creates it. */
export const flinkHome = (settings: Pick<Settings, 'cache'>): string => join(settings.cache, 'flink-2.2.1');

type Example = 'TopSpeedWindowing' | 'WordCount' | 'StateMachineExample';

/** The jar of an example of Flink; by default, of one that runs until it is canceled. */
export const exampleJar = (settings: Pick<Settings, 'cache'>, name: Example = 'TopSpeedWindowing'): string =>
  join(flinkHome(settings), 'examples/streaming', `${name}.jar`);
