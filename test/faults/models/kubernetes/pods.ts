import type { KubernetesObject, ModelObjects } from './objects.ts';

/** How a JobManager comes up. */
export type Fate = 'ready' | 'no image' | 'crash loop';

/** The pod of a JobManager. */
export const makePod = (name: string, uid: string, fate: Fate, objects: ModelObjects): KubernetesObject => {
  const container = { name: 'flink-main-container', ready: fate === 'ready', restartCount: 0 };
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
    kind: 'Pod',
    metadata: objects.newMetadata({
      name: `${name}-5d4f8b7c9-abcde`,
      labels: { app: name, type: 'flink-native-kubernetes', component: 'jobmanager' },
      ownerReferences: [{ kind: 'Deployment', name, uid }],
    }),
    status: {
      phase: fate === 'ready' ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: fate === 'ready' ? 'True' : 'False' }],
      containerStatuses: [states[fate]],
    },
  };
};
