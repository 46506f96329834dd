import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { execa } from 'execa';

import { root, type Settings } from './settings.ts';

/** Something that this machine lacks, and what to do about it. */
export interface Missing {
  readonly what: string;
  readonly remedy: string;
}

type Check = (settings: Settings) => Promise<Missing | undefined>;

/** Everything that is missing, so that nobody has to find out one by one. */
export const missingPrerequisites = async (settings: Settings): Promise<Missing[]> => {
  const checks = settings.givenKubeconfig === undefined ? [...always, ...ownControlPlane] : always;
  const withNode = settings.givenKubeconfig === undefined && !settings.controlPlaneOnly ? ownNode : [];
  const found = await Promise.all([...checks, ...withNode].map((check) => check(settings)));
  return found.filter((missing) => missing !== undefined);
};

/** Which of the ports that the system is about to take are in use. */
export const takenPorts = async (settings: Settings): Promise<Missing[]> => {
  const more = settings.givenKubeconfig === undefined ? [0, 1, 2, 3, 4] : [0];
  const ports = [settings.port, ...more.map((offset) => settings.kubernetesPort + offset)];
  const taken = await Promise.all(ports.map(async (port) => ((await isFree(port)) ? [] : [port])));
  return taken.flat().map((port) => ({
    what: `port ${port} of 127.0.0.1`,
    remedy: `end what uses it, or choose another with ${port === settings.port ? '--port' : '--kubernetes-port'}`,
  }));
};

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

/** What the program prints, or undefined when it is absent or fails. */
const output = async (command: string, ...args: string[]): Promise<string | undefined> => {
  const result = await execa(command, args, { reject: false, all: true });
  return result.failed ? undefined : result.all;
};

const answers =
  (what: string, remedy: string, command: string, ...args: string[]): Check =>
  async () =>
    (await output(command, ...args)) === undefined ? { what, remedy } : undefined;

/** Whether a version (`1.26.8`) is at least another (`1.24`). */
export const atLeast = (version: string, wanted: string): boolean => {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number));
  const different = want?.findIndex((number, index) => number !== (have?.[index] ?? 0)) ?? -1;
  return different === -1 || (have?.[different] ?? 0) > (want?.[different] ?? 0);
};

const python: Check = async () => {
  const version = /Python (\S+)/.exec((await output('python3', '--version')) ?? '')?.[1];
  const usable =
    version !== undefined && atLeast(version, '3.10') && (await output('python3', '-m', 'ensurepip', '--version'));
  return usable
    ? undefined
    : { what: 'Python 3.10 or newer with venv', remedy: 'apt-get install python3 python3-venv' };
};

const go: Check = async () => {
  const wanted = /^go (\S+)/m.exec(readFileSync(join(root, 'local/kubernetes/kube/go.mod'), 'utf8'))?.[1] ?? '1.24';
  const version = /go(\d\S*)/.exec((await output('go', 'env', 'GOVERSION')) ?? '')?.[1];
  if (version !== undefined && atLeast(version, wanted)) return undefined;
  return { what: `Go ${wanted} or newer`, remedy: 'install it from go.dev (builds Kubernetes from its modules)' };
};

const linux: Check = async () =>
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : { what: 'Linux on x86-64', remedy: 'use an existing cluster: npm start -- --kubeconfig FILE' };

const superuser: Check = async () =>
  process.getuid?.() === 0
    ? undefined
    : { what: 'root (containers and network of the node)', remedy: 'run as root, or use a cluster: --kubeconfig FILE' };

const always = [
  python,
  answers('kubectl', 'install it from kubernetes.io', 'kubectl', 'version', '--client'),
  answers('ps', 'apt-get install procps', 'ps', '-V'),
];
const ownControlPlane = [linux, go, answers('setsid', 'apt-get install util-linux', 'setsid', '--version')];
const ownNode = [
  superuser,
  answers('Debian (apt-get)', 'use an existing cluster: npm start -- --kubeconfig FILE', 'apt-get', '--version'),
  answers('Maven', 'apt-get install maven (fetches the example jobs)', 'mvn', '-v'),
  answers('pip', 'apt-get install python3-pip (fetches Flink)', 'python3', '-m', 'pip', '--version'),
];
