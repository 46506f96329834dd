import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { execa } from 'execa';

import { root, type Settings } from '#local/settings.ts';

/** A requirement that this machine does not meet, and how to meet it. */
export interface Missing {
  readonly what: string;
  readonly remedy: string;
}

type Check = (settings: Settings) => Promise<Missing | undefined>;

/** Lists all missing prerequisites at once. */
export const findMissingPrerequisites = async (settings: Settings): Promise<Missing[]> => {
  const own = settings.givenKubeconfig === undefined ? ownControlPlane : [];
  const checks = [...always, ...(settings.hasOwnEmulator ? [python] : []), ...own];
  const withNode = settings.givenKubeconfig === undefined && !settings.controlPlaneOnly ? ownNode : [];
  const found = await Promise.all([...checks, ...withNode].map((check) => check(settings)));
  return found.filter((missing) => missing !== undefined);
};

/** Lists the ports of the system that another process uses. */
export const findUsedPorts = async (settings: Settings): Promise<Missing[]> => {
  const offsets = settings.givenKubeconfig === undefined ? [0, 1, 2, 3, 4] : [0];
  const ports = [
    settings.hasOwnEmulator ? settings.port : settings.eksEndpointPort,
    ...(settings.hasPodStorage ? [settings.s3Port] : []),
    settings.dashboardPort,
    ...offsets.map((offset) => settings.kubernetesPort + offset),
  ];
  const used = await Promise.all(ports.map(async (port) => ((await isFree(port)) ? [] : [port])));
  return used.flat().map((port) => ({
    what: `port ${port} of 127.0.0.1`,
    remedy: `stop the process that uses it, or choose another port with ${settings.hasOwnEmulator && port === settings.port ? '--port' : '--kubernetes-port'}`,
  }));
};

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

/** Returns the output of a program, or undefined when the program is missing or fails. */
const readOutput = async (command: string, ...args: string[]): Promise<string | undefined> => {
  const result = await execa(command, args, { reject: false, all: true });
  return result.failed ? undefined : result.all;
};

const requireProgram =
  (what: string, remedy: string, command: string, ...args: string[]): Check =>
  async () =>
    (await readOutput(command, ...args)) === undefined ? { what, remedy } : undefined;

/** Whether a version, such as `1.26.8`, is at least another, such as `1.24`. */
export const isAtLeast = (version: string, wanted: string): boolean => {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number));
  const different = want?.findIndex((number, index) => number !== (have?.[index] ?? 0)) ?? -1;
  return different === -1 || (have?.[different] ?? 0) > (want?.[different] ?? 0);
};

const python: Check = async () => {
  const version = /Python (\S+)/.exec((await readOutput('python3', '--version')) ?? '')?.[1];
  const usable =
    version !== undefined &&
    isAtLeast(version, '3.10') &&
    (await readOutput('python3', '-m', 'ensurepip', '--version'));
  return usable
    ? undefined
    : { what: 'Python 3.10 or newer with venv', remedy: 'apt-get install python3 python3-venv' };
};

const go: Check = async () => {
  const wanted = /^go (\S+)/m.exec(readFileSync(join(root, 'local/kubernetes/kube/go.mod'), 'utf8'))?.[1] ?? '1.24';
  const version = /go(\d\S*)/.exec((await readOutput('go', 'env', 'GOVERSION')) ?? '')?.[1];
  if (version !== undefined && isAtLeast(version, wanted)) return undefined;
  return { what: `Go ${wanted} or newer`, remedy: 'install it; npm start compiles Kubernetes with it' };
};

const linux: Check = async () =>
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : { what: 'Linux on x86-64', remedy: 'use an existing cluster: npm start -- --kubeconfig FILE' };

const superuser: Check = async () =>
  process.getuid?.() === 0
    ? undefined
    : {
        what: 'root, for the containers and the network of the node',
        remedy: 'run as root, or use an existing cluster: npm start -- --kubeconfig FILE',
      };

const always = [
  requireProgram('kubectl', 'install it as the Kubernetes documentation describes', 'kubectl', 'version', '--client'),
  requireProgram('ps', 'apt-get install procps', 'ps', '-V'),
];
const ownControlPlane = [linux, go, requireProgram('setsid', 'apt-get install util-linux', 'setsid', '--version')];
const ownNode = [
  superuser,
  requireProgram('Debian (apt-get)', 'use an existing cluster: npm start -- --kubeconfig FILE', 'apt-get', '--version'),
  requireProgram('Maven', 'apt-get install maven (downloads the example jobs)', 'mvn', '-v'),
  requireProgram('pip', 'apt-get install python3-pip (downloads Flink)', 'python3', '-m', 'pip', '--version'),
];
