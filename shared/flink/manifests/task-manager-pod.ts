import type { V1EnvVar, V1PodTemplateSpec } from '@kubernetes/client-node';

import { readOption } from '#shared/flink/options.ts';

import { mainContainerName, splitPodTemplate } from '#shared/flink/manifests/pod-template/pod-template.ts';
import {
  mergeByName,
  type PodInput,
  renderCommonMounts,
  renderCommonVolumes,
  renderPod,
  resolveImage,
} from './deployment.ts';
import { omitEmpty } from './omit-empty.ts';

/**
 * The pod that Flink creates for a TaskManager, without its name, its start command and its resources. Drey does not
 * create it, but checks it.
 *
 * @param input `config` is what the JobManager reads, dynamic properties included.
 * @see Flink 2.3 `KubernetesTaskManagerFactory`
 */
export const renderTaskManagerPod = (input: PodInput): V1PodTemplateSpec => {
  const { config, defaultImage } = input;
  const parts = splitPodTemplate(input.template);
  const { main } = parts;
  const environment: readonly V1EnvVar[] = [
    ...Object.entries(readOption(config, 'containerized.taskmanager.env')).map(([name, value]) => ({ name, value })),
    ...readOption(config, 'kubernetes.env.secretKeyRef'),
  ];
  return renderPod('taskmanager', input, {
    ...parts,
    spec: { ...parts.spec, restartPolicy: 'Never' },
    main: {
      ...main,
      name: mainContainerName,
      ...resolveImage(config, main, defaultImage),
      command: [readOption(config, 'kubernetes.entry.path')],
      ...omitEmpty({ env: mergeByName(main.env, environment) }),
      volumeMounts: [...(main.volumeMounts ?? []), ...renderCommonMounts(input)],
    },
    volumes: renderCommonVolumes(input),
  });
};
