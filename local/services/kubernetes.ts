import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { defaultFlink, getPatchRelease } from '#local/flink-versions.ts';
import { listScriptProcesses, run } from './processes.ts';
import { namespace, root, type Settings } from '#local/settings.ts';
import type { Progress } from '#local/steps/steps.ts';
import { getTokenReviewUrl } from './token-review.ts';

type Script =
  | 'build'
  | 'node/packages'
  | 'images/build'
  | 'images/import'
  | 'start-control-plane'
  | 'node/start'
  | 'down';

interface ScriptOptions {
  readonly args?: readonly string[];
  /** Receives the messages of the program. */
  readonly progress?: Progress;
}

/** Runs a program of `local/kubernetes`. Its output goes to the log `kubernetes-PROGRAM`. */
export const runScript = async (
  script: Script,
  settings: Settings,
  { args = [], progress }: ScriptOptions = {},
): Promise<void> => {
  await run(join(root, 'local/kubernetes', script), args, {
    log: join(settings.logs, `kubernetes-${script.replace('/', '-')}`),
    env: {
      ...process.env,
      CLUSTER_STATE: settings.kubernetesState,
      CLUSTER_CACHE: settings.cache,
      CLUSTER_PORT: String(settings.kubernetesPort),
      CLUSTER_NET: settings.kubernetesNet,
      CLUSTER_FLINK: settings.flink.join(' '),
      CLUSTER_NODE: settings.controlPlaneOnly ? '0' : '1',
      CLUSTER_TOKEN_WEBHOOK: join(settings.state, 'token-webhook'),
      CLUSTER_TOKEN_WEBHOOK_VERSION: 'v1',
      CLUSTER_APISERVER_ARGS: '--authentication-token-webhook-cache-ttl=5s',
      CLUSTER_S3_PORT: settings.hasPodStorage ? String(settings.s3Port) : '',
      ...(progress === undefined ? {} : { CLUSTER_PROGRESS_SECONDS: String(progress.intervalSeconds) }),
    },
    onLine:
      progress &&
      ((line) => {
        const message = parseMessage(line);
        if (message !== undefined) progress.note(message);
      }),
  });
};

/** Returns the message of a line that a program of `local/kubernetes` writes for people: the text after the time. */
export const parseMessage = (line: string): string | undefined => /^\d\d:\d\d:\d\d (.+)$/.exec(line)?.[1];

/** Configures the API server to review tokens through the emulator or the EKS endpoint, which may start later. */
export const writeTokenWebhook = (settings: Settings): void => {
  mkdirSync(settings.state, { recursive: true });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'eks', cluster: { server: getTokenReviewUrl(settings) } }],
    users: [{ name: 'eks', user: {} }],
    contexts: [{ name: 'eks', context: { cluster: 'eks', user: 'eks' } }],
    'current-context': 'eks',
  };
  writeFileSync(join(settings.state, 'token-webhook'), JSON.stringify(config), { mode: 0o600 });
};

/** The kubeconfig of the cluster's administrator. */
export const getKubeconfig = (settings: Settings): string =>
  settings.givenKubeconfig ?? join(settings.kubernetesState, 'kubeconfig');

/** The certificate authority of the local cluster, as PEM. */
export const readAuthority = (settings: Settings): string =>
  readFileSync(join(settings.kubernetesState, 'pki/ca.crt'), 'utf8');

const controlPlane = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** Lists the running programs of the local cluster. */
export const listKubernetesProcesses = (settings: Settings) =>
  listScriptProcesses(join(settings.kubernetesState, 'pid'));

/** Whether every program of the local cluster runs that the settings require. */
export const isKubernetesRunning = (settings: Settings): boolean => {
  const required = settings.controlPlaneOnly ? controlPlane : [...controlPlane, 'node', 'forward', 'forward-s3'];
  const names = new Set(listKubernetesProcesses(settings).map(({ name }) => name));
  return required.every((name) => names.has(name));
};

/**
 * Creates the namespace of the Flink clusters with the manifests of `infra/kubernetes`. The local cluster also gets the
 * NetworkPolicies, which its API server stores. Its network plugin does not enforce them.
 */
export const prepareNamespace = async (settings: Settings): Promise<void> => {
  const read = (name: string) => readFileSync(join(settings.project, 'infra/kubernetes', `${name}.yaml`), 'utf8');
  const manifests = ['namespace', 'rbac', 'rbac-high-availability', 'quota'].map(read);
  if (settings.givenKubeconfig === undefined) {
    const hostAddress = `${settings.kubernetesNet}.0.1/32`;
    manifests.push(read('network-policies').replaceAll('192.0.2.0/24', hostAddress));
  }
  await applyManifest(settings, manifests.join('---\n'));
};

/** Applies objects to the namespace of the Flink clusters. */
export const applyManifest = (settings: Settings, manifest: string): Promise<void> =>
  run('kubectl', ['apply', '--namespace', namespace, '-f', '-'], {
    log: join(settings.logs, 'kubectl'),
    env: { ...process.env, KUBECONFIG: getKubeconfig(settings) },
    input: manifest,
  });

/** The folder with Flink's jars, its client's scripts and its examples, of the first version. `flink-home` creates it. */
export const getFlinkHome = ({ cache, flink: [first = defaultFlink] }: FlinkSettings): string =>
  join(cache, `flink-${getPatchRelease(first)}`);

type FlinkSettings = Pick<Settings, 'cache' | 'flink'>;
type Example = 'TopSpeedWindowing' | 'WordCount' | 'StateMachineExample';

/** The jar of an example of Flink; by default, of one that runs until it is canceled. */
export const exampleJar = (settings: FlinkSettings, name: Example = 'TopSpeedWindowing'): string =>
  join(getFlinkHome(settings), 'examples/streaming', `${name}.jar`);
