import type { TableItem } from '#test/fakes/table.ts';
import { toPodTable } from '#test/fakes/pod-table.ts';

const time = '2026-11-29T12:00:00.000Z';
const pad = (index: number, digits: number) => String(index).padStart(digits, '0');

const clusterIdOf = (index: number) => `cluster-${pad(index, 6)}`;
const operationIdOf = (index: number) => index.toString(16).padStart(32, '0');
const uidOf = (kind: string, index: number) => `00000000-0000-4000-8${kind}-${pad(index, 12)}`;

/** What `kubectl` and controllers leave in the metadata of an object: about 2 kB, as in a real cluster. */
const managedFields = ['drey', 'kube-controller-manager'].map((manager) => ({
  manager,
  operation: 'Update',
  apiVersion: 'apps/v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:metadata': { 'f:annotations': Object.fromEntries(names('f:annotation', 8)), 'f:labels': { '.': {} } },
    'f:spec': { 'f:template': { 'f:spec': { 'f:containers': Object.fromEntries(names('k:{"name":"c"}', 20)) } } },
  },
}));

function names(name: string, count: number): [string, object][] {
  return Array.from({ length: count }, (_, index) => [`${name}-${index}`, {}]);
}

/** Environment, volumes and commands of a container: about 4 kB. */
const spec = {
  containers: [
    {
      name: 'flink-main-container',
      image: 'flink:2.2',
      env: Array.from({ length: 40 }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'x'.repeat(60) })),
    },
  ],
};

const labelsOf = (index: number, component: string) => ({
  app: clusterIdOf(index),
  type: 'flink-native-kubernetes',
  component,
});

const makeDeployment = (index: number, owner: string) => ({
  metadata: {
    name: clusterIdOf(index),
    namespace: 'flink',
    uid: uidOf('001', index),
    resourceVersion: String(1_000 + index),
    creationTimestamp: time,
    labels: labelsOf(index, 'jobmanager'),
    annotations: { 'drey.dev/operation': operationIdOf(index), 'drey.dev/owner': owner },
    managedFields,
  },
  spec: { template: { spec } },
  status: { readyReplicas: 1 },
});

/** A pod that runs. One of a thousand clusters has a JobManager that crashes. */
const makePod = (index: number, component: 'jobmanager' | 'taskmanager') => {
  const ready = component === 'taskmanager' || index % 1_000 !== 0;
  const waiting = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } };
  return {
    metadata: {
      name: `${clusterIdOf(index)}-${component}-1-1`,
      namespace: 'flink',
      uid: uidOf(component === 'jobmanager' ? '002' : '003', index),
      resourceVersion: String(1_000 + index),
      creationTimestamp: time,
      labels: labelsOf(index, component),
      annotations: component === 'jobmanager' ? { 'drey.dev/operation': operationIdOf(index) } : {},
      ownerReferences: [{ kind: 'Deployment', name: clusterIdOf(index), uid: uidOf('001', index) }],
      managedFields,
    },
    spec,
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: 'flink-main-container',
          ready,
          restartCount: 0,
          state: ready ? { running: { startedAt: time } } : waiting,
        },
      ],
    },
  };
};

/** The record of a running session, as an item of the table. */
const makeItem = (index: number): TableItem => ({
  pk: `target#local/cluster#${clusterIdOf(index)}`,
  sk: 'cluster',
  byState: 'target#local/state#RUNNING',
  version: 3,
  value: {
    target: 'local',
    clusterId: clusterIdOf(index),
    mode: 'session',
    state: 'RUNNING',
    namespace: 'flink',
    image: 'flink:2.2',
    flinkVersion: '2.2',
    labels: { team: `team-${index % 20}` },
    conditions: [{ type: 'Reachable', status: 'True', reason: 'Answered', message: 'Flink answered.', since: time }],
    sequence: 3,
    operationId: operationIdOf(index),
    uid: uidOf('001', index),
    taskManagers: { slots: 1, cpu: 1, memoryMebibytes: 1_728, parallelism: 1 },
    createdAt: time,
    updatedAt: time,
  },
});

const split = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, page) => items.slice(page * size, (page + 1) * size));

const withContinue = (pages: readonly object[]): readonly string[] =>
  pages.map((page, index) =>
    JSON.stringify({ ...page, metadata: index < pages.length - 1 ? { continue: String(index + 1) } : {} }),
  );

const metadataOf = ({ metadata }: { readonly metadata: object }) => ({ metadata });

/** A page of DynamoDB has at most 1 MB. */
const itemsPerPage = 800;

/** The pages of a target with so many clusters, each with a JobManager and a TaskManager. */
export const makePages = (clusters: number, owner: string) => {
  const indexes = Array.from({ length: clusters }, (_, index) => index + 1);
  const deployments = indexes.map((index) => makeDeployment(index, owner));
  const pods = indexes.flatMap((index) => [makePod(index, 'jobmanager'), makePod(index, 'taskmanager')]);
  const items = split(indexes.map(makeItem), itemsPerPage);
  return {
    pods: new Map(pods.map((pod) => [pod.metadata.name, pod])),
    /** By plural and format, with the size of a page that the client asks for. */
    lists: {
      'deployments objects': withContinue(split(deployments, 500).map((page) => ({ items: page }))),
      'deployments metadata': withContinue(split(deployments.map(metadataOf), 1_000).map((page) => ({ items: page }))),
      'pods objects': withContinue(split(pods, 500).map((page) => ({ items: page }))),
      'pods rows': withContinue(split(pods, 5_000).map(toPodTable)),
    } as Readonly<Record<string, readonly string[]>>,
    table: items.map((page, index) =>
      JSON.stringify({ Items: page, ...(index < items.length - 1 ? { LastEvaluatedKey: { page: index + 1 } } : {}) }),
    ),
  };
};
