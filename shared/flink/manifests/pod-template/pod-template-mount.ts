import { getCommonLabels, getPodTemplateName } from '#shared/flink/names.ts';
import { toYamlText } from '#shared/flink/yaml.ts';

import { type MountedFiles, noFiles, renderFilesConfigMap, toItems } from '#shared/flink/manifests/mounts/mounts.ts';
import { type PodTemplates, selectTemplate } from './pod-template.ts';

interface PodTemplateInput {
  readonly clusterId: string;
  readonly namespace: string;
  readonly podTemplates?: PodTemplates | undefined;
}

export const podTemplateVolumeName = 'pod-template-volume';
const fileName = 'taskmanager-pod-template.yaml';

/** The template from which the JobManager creates TaskManagers. @see Flink 2.2 `PodTemplateMountDecorator` */
export const renderPodTemplateMount = ({ clusterId, namespace, podTemplates }: PodTemplateInput): MountedFiles => {
  const template = selectTemplate(podTemplates, 'taskmanager');
  if (template === undefined) return noFiles;
  const name = getPodTemplateName(clusterId);
  const text = podTemplates?.taskmanagerText ?? toYamlText({ apiVersion: 'v1', kind: 'Pod', ...template });
  return {
    mounts: [
      {
        volume: { name: podTemplateVolumeName, configMap: { name, items: toItems([fileName]) } },
        mountPath: '/opt/flink/pod-template',
      },
    ],
    objects: [renderFilesConfigMap(name, namespace, { [fileName]: text }, getCommonLabels(clusterId))],
  };
};
