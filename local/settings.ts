import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import type { AwsCredentialIdentity } from '@smithy/types';

import { defaultFlink } from './flink-versions.ts';

/** The options of a start. All are optional. */
export interface LocalOptions {
  /** Port of the AWS emulator. */
  readonly port?: number | undefined;
  /**
   * Port of the Kubernetes API server, which also uses the next four ports. The EKS endpoint has the fifth after it, the S3
   * endpoint the sixth, the dashboard the seventh. With `kubeconfig`, port of the gateway.
   */
  readonly kubernetesPort?: number | undefined;
  /** The first two numbers of the addresses of node, pods and services. Each system on a machine needs its own. */
  readonly kubernetesNet?: string | undefined;
  /** Folder with the state and the logs of one system. */
  readonly state?: string | undefined;
  /** Folder with downloads and builds, which all systems share. */
  readonly cache?: string | undefined;
  /** Kubeconfig of an existing cluster, in place of the local one. */
  readonly kubeconfig?: string | undefined;
  /** Kubernetes without a node: pods stay Pending. */
  readonly controlPlaneOnly?: boolean | undefined;
  /** The images of Flink on the node: lines of Flink, with `-python` those that have PyFlink. The first is imported first. */
  readonly flink?: readonly string[] | undefined;
  /** Address of an AWS emulator that already runs, in place of one that the start starts. */
  readonly awsEndpoint?: string | undefined;
  /** Folder whose `serverless.yml` is deployed. */
  readonly project?: string | undefined;
}

/** Folders, ports and addresses, derived from the options. */
export interface Settings {
  readonly project: string;
  readonly state: string;
  readonly cache: string;
  readonly logs: string;
  readonly pids: string;
  readonly venv: string;
  readonly port: number;
  readonly awsUrl: string;
  /** Whether a start starts the emulator. Otherwise a process of the local system answers in place of EKS. */
  readonly hasOwnEmulator: boolean;
  readonly eksEndpointPort: number;
  readonly eksEndpointUrl: string;
  readonly kubernetesPort: number;
  readonly kubernetesUrl: string;
  readonly kubernetesNet: string;
  readonly kubernetesState: string;
  /** Whether pods reach a bucket of the emulator. Those of an existing cluster do not, because it listens on this machine only. */
  readonly hasPodStorage: boolean;
  readonly s3Port: number;
  /** Address of S3 for pods. */
  readonly s3Url: string;
  readonly dashboardPort: number;
  readonly givenKubeconfig: string | undefined;
  readonly controlPlaneOnly: boolean;
  readonly flink: readonly string[];
  readonly systemFile: string;
  readonly eventsFile: string;
}

/** The folder of the checkout. */
export const root = resolve(import.meta.dirname, '..');

// The emulator's account, and fixed names.
export const account = '000000000000';
export const region = 'us-east-1';
export const stage = 'local';
export const stackName = 'drey-local';
export const eksCluster = 'drey-local';
export const namespace = 'flink';
/** The bucket that pods reach. */
export const podBucket = 'drey-local-flink';
export const credentials: AwsCredentialIdentity = { accessKeyId: 'test', secretAccessKey: 'test' };

export const settingsFrom = (options: LocalOptions = {}, env: NodeJS.ProcessEnv = process.env): Settings => {
  const state = resolve(options.state ?? join(root, '.local'));
  const port = options.port ?? 4566;
  const kubernetesPort = options.kubernetesPort ?? 6443;
  const kubernetesNet = options.kubernetesNet ?? '10.77';
  const s3Port = kubernetesPort + 6;
  return {
    project: resolve(options.project ?? root),
    state,
    cache: resolve(options.cache ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'drey')),
    logs: join(state, 'log'),
    pids: join(state, 'pid'),
    venv: join(root, '.local', 'venv'),
    port,
    awsUrl: options.awsEndpoint === undefined ? `http://127.0.0.1:${port}` : toAwsUrl(options.awsEndpoint),
    hasOwnEmulator: options.awsEndpoint === undefined,
    eksEndpointPort: kubernetesPort + 5,
    eksEndpointUrl: `http://127.0.0.1:${kubernetesPort + 5}`,
    kubernetesPort,
    kubernetesUrl: `https://127.0.0.1:${kubernetesPort}`,
    kubernetesNet,
    kubernetesState: join(state, 'kubernetes'),
    hasPodStorage: options.kubeconfig === undefined && options.controlPlaneOnly !== true,
    s3Port,
    s3Url: `http://${kubernetesNet}.0.2:${s3Port}`,
    dashboardPort: kubernetesPort + 7,
    givenKubeconfig: options.kubeconfig === undefined ? undefined : resolve(options.kubeconfig),
    controlPlaneOnly: options.controlPlaneOnly ?? false,
    flink: options.flink ?? [defaultFlink],
    systemFile: join(state, 'drey.json'),
    eventsFile: join(state, 'events.jsonl'),
  };
};

/** With a host name, the S3 client would put the bucket in front of it, and that name does not resolve. */
const toAwsUrl = (endpoint: string): string => new URL(endpoint).origin.replace('://localhost', '://127.0.0.1');

/** Options of an AWS client. */
export const awsConfig = ({ awsUrl }: Pick<Settings, 'awsUrl'>) => ({ endpoint: awsUrl, region, credentials });

/** Environment of a program that uses an AWS SDK: the emulator, without the caller's AWS and proxy settings. */
export const awsEnvironment = ({ awsUrl }: Pick<Settings, 'awsUrl'>, env = process.env): NodeJS.ProcessEnv => {
  const kept = Object.entries(env).filter(([name]) => !/^aws_|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
};
