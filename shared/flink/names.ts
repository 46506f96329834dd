/**
 * Names and labels of a cluster's objects. JobManager and TaskManager find each other, and Drey finds them, by these.
 *
 * @see Flink 2.2 `KubernetesUtils`, `Constants`
 */
export const getRestServiceName = (clusterId: string): string => `${clusterId}-rest`;
export const getInternalServiceName = (clusterId: string): string => clusterId;
export const getDeploymentName = (clusterId: string): string => clusterId;
export const getConfigMapName = (clusterId: string): string => `flink-config-${clusterId}`;

export type Labels = Readonly<Record<string, string>>;

/** On every object of the cluster. */
export const getCommonLabels = (clusterId: string): Labels => ({ app: clusterId, type: 'flink-native-kubernetes' });

/** Select the JobManager's pods, and are on its Deployment. */
export const getJobManagerLabels = (clusterId: string): Labels => ({
  ...getCommonLabels(clusterId),
  component: 'jobmanager',
});

/** Select the TaskManagers' pods, which the JobManager makes. */
export const getTaskManagerLabels = (clusterId: string): Labels => ({
  ...getCommonLabels(clusterId),
  component: 'taskmanager',
});

/** Labels as the API server's `labelSelector` parameter takes them. */
export const toLabelSelector = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
