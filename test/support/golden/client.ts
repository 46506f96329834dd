import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { execa } from 'execa';
import { stringify } from 'yaml';

import { root } from '#local/settings.ts';

import { type GoldenCase, goldenFolder } from './cases.ts';

const port = 7943;

/** A Kubernetes control plane without a node, which records the requests of Flink's client in its audit log. */
export interface ControlPlane {
  readonly state: string;
  readonly kubeconfig: string;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

export const startControlPlane = async (state: string): Promise<ControlPlane> => {
  const env = {
    CLUSTER_STATE: state,
    CLUSTER_PORT: String(port),
    CLUSTER_NET: '10.93',
    CLUSTER_NODE: '0',
    CLUSTER_AUDIT: 'Request',
  };
  const run = (program: string, ...args: string[]) => execa(join(root, 'local/kubernetes', program), args, { env });
  const { stdout } = await run('up');
  const kubeconfig = stdout.trim();
  await execa('kubectl', ['apply', '-f', '-'], { env: { KUBECONFIG: kubeconfig }, input: stringify(node) });
  await execa('kubectl', ['patch', 'node', 'golden', '--subresource=status', '--patch', JSON.stringify(nodeStatus)], {
    env: { KUBECONFIG: kubeconfig },
  });
  return {
    state,
    kubeconfig,
    [Symbol.asyncDispose]: async () => {
      await run('down', '--clean');
    },
  };
};

/** The client asks for a node when the REST service has a port on each of them. */
const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'golden' } };
const nodeStatus = { status: { addresses: [{ type: 'InternalIP', address: '10.93.0.2' }] } };

/** What a run of Flink's client did. */
export interface Recording {
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  readonly output: string;
}

/** Runs the command of a case with Flink's client, in a namespace of its own. */
export const runClient = async (
  { state, kubeconfig }: ControlPlane,
  { home, golden, index }: { readonly home: string; readonly golden: GoldenCase; readonly index: number },
): Promise<Recording> => {
  const namespace = `golden-${process.pid}-${index}-end`;
  const own = golden.command.includes('kubernetes.namespace=golden');
  if (own) await execa('kubectl', ['create', 'namespace', namespace], { env: { KUBECONFIG: kubeconfig } });
  const places = { ...(own ? { golden: namespace } : {}), folder: goldenFolder, home };
  const before = readEvents(state).length;
  const logs = join(state, 'client', String(index));
  mkdirSync(logs, { recursive: true });
  const { all } = await execa('bash', ['-c', toMachine(golden.command, places)], {
    cwd: home,
    all: true,
    reject: false,
    stdin: 'ignore',
    env: {
      KUBECONFIG: kubeconfig,
      FLINK_CONF_DIR: golden.configurationFolder,
      FLINK_LOG_DIR: logs,
      ...(golden.hadoopFolder === undefined ? {} : { HADOOP_CONF_DIR: golden.hadoopFolder }),
    },
  });
  const text = JSON.stringify(findObjects(readEvents(state).slice(before), own ? namespace : 'default'));
  return {
    objects: JSON.parse(toGolden(text, namespace)) as Recording['objects'],
    output: toGolden(all, namespace).replaceAll(`127.0.0.1:${port}`, '127.0.0.1:6443'),
  };
};

interface Places {
  readonly golden?: string;
  readonly folder: string;
  readonly home: string;
}

/** Replaces the names of folders and of the namespace in a command by those of this machine. */
const toMachine = (command: string, { golden, folder, home }: Places): string =>
  command
    .replace('kubernetes.namespace=golden', `kubernetes.namespace=${golden ?? ''}`)
    .replaceAll('=/golden/', `=${folder}/`)
    .replace(' /opt/flink/examples/', ` ${home}/examples/streaming/`);

const toGolden = (text: string, namespace: string): string =>
  text.replaceAll(goldenFolder, '/golden').replaceAll(namespace, 'golden');

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly namespace?: string; readonly resource: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestObject?: { readonly metadata?: object };
}

const readEvents = (state: string): readonly string[] =>
  readFileSync(join(state, 'log/audit'), 'utf8').split('\n').slice(0, -1);

/** The objects that the client created and did not delete again. The API server writes its audit log in order. */
const findObjects = (lines: readonly string[], namespace: string): readonly Readonly<Record<string, unknown>>[] => {
  const events = lines
    .filter((line) => line.includes(`"${namespace}"`))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ user, objectRef }) => !user.username.startsWith('system:') && objectRef?.namespace === namespace)
    .filter(({ responseStatus }) => (responseStatus?.code ?? 0) < 300);
  const created = events.flatMap(({ verb, requestObject }) =>
    verb === 'create' && requestObject !== undefined
      ? [{ ...requestObject, metadata: { ...requestObject.metadata, namespace } }]
      : [],
  );
  const isDeleted = events.some(({ verb, objectRef }) => verb === 'delete' && objectRef?.resource === 'deployments');
  return isDeleted ? [] : created;
};
