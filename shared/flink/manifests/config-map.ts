import type { V1ConfigMap } from '@kubernetes/client-node';

import { getCommonLabels, getConfigMapName } from '#shared/flink/names.ts';

interface ConfigMapInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** The text of each file in the configuration folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** The configuration folder of the JobManager and the TaskManagers. @see Flink 2.2 `FlinkConfMountDecorator` */
export const renderConfigMap = ({ clusterId, namespace, files }: ConfigMapInput): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: getConfigMapName(clusterId), namespace, labels: getCommonLabels(clusterId) },
  data: files,
});
