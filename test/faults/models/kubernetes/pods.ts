import type { KubernetesObject, ModelObjects } from './objects.ts';

/** How a JobManager comes up. */
export type Fate = 'ready' | 'no image' | 'crash loop';

const labelsOf = (name: string, component: string) => ({ app: name, type: 'flink-native-kubernetes', component });

/** The ReplicaSet of a Deployment. Its controller copies the annotations of the Deployment. */
export const makeReplicaSet = ({ metadata }: KubernetesObject, objects: ModelObjects): KubernetesObject => {
  const { name, uid, annotations } = metadata;
  return {
    kind: 'ReplicaSet',
    metadata: objects.newMetadata({
      name: `${name}-${objects.newSuffix()}`,
      labels: labelsOf(name, 'jobmanager'),
      annotations,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid }],
    }),
  };
};

/** The pod of a JobManager, which is scheduled. The template of its Deployment has the same annotations. */
export const makePod = ({ metadata }: KubernetesObject, objects: ModelObjects): KubernetesObject => ({
  kind: 'Pod',
  metadata: objects.newMetadata({
    name: `${metadata.name}-${objects.newSuffix()}`,
    labels: metadata.labels,
    annotations: metadata.annotations,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: metadata.name, uid: metadata.uid }],
  }),
  status: { phase: 'Pending', conditions: [], containerStatuses: [] },
});

/** The pod of a TaskManager. Only its owner tells to which incarnation it belongs. */
export const makeTaskManager = (name: string, deploymentUid: string, objects: ModelObjects): KubernetesObject => ({
  kind: 'Pod',
  metadata: objects.newMetadata({
    name: `${name}-taskmanager-1-${objects.newSuffix()}`,
    labels: labelsOf(name, 'taskmanager'),
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: deploymentUid }],
  }),
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'flink-main-container', ready: true, restartCount: 0 }],
  },
});

/** The pod of a JobManager that has come up, or does not. */
export const withFate = (pod: KubernetesObject, fate: Fate): KubernetesObject => {
  const imageID = `flink@sha256:${'0'.repeat(64)}`;
  const container = { name: 'flink-main-container', ready: fate === 'ready', restartCount: 0, imageID };
  const states = {
    ready: container,
    'no image': { ...container, state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } },
    'crash loop': {
      ...container,
      restartCount: 5,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    },
  };
  return {
    ...pod,
    status: {
      phase: fate === 'ready' ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: fate === 'ready' ? 'True' : 'False' }],
      containerStatuses: [states[fate]],
    },
  };
};
