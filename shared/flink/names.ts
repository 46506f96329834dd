/**
 * Names and labels of a cluster's objects. JobManager and TaskManager find each other, and Drey finds them, by these.
 *
 * @see Flink 2.2 `KubernetesUtils`, `Constants`
 */
export const restServiceName = (clusterId: string): string => `${clusterId}-rest`;
export const internalServiceName = (clusterId: string): string => clusterId;
export const deploymentName = (clusterId: string): string => clusterId;
export const configMapName = (clusterId: string): string => `flink-config-${clusterId}`;

export type Labels = Readonly<Record<string, string>>;

/** On every object of the cluster. */
export const commonLabels = (clusterId: string): Labels => ({ app: clusterId, type: 'flink-native-kubernetes' });

/** Select the JobManager's pods, and are on its Deployment. */
export const jobManagerLabels = (clusterId: string): Labels => ({
  ...commonLabels(clusterId),
  component: 'jobmanager',
});

/** Select the TaskManagers' pods, which the JobManager makes. */
export const taskManagerLabels = (clusterId: string): Labels => ({
  ...commonLabels(clusterId),
  component: 'taskmanager',
});

/** Labels as the API server's `labelSelector` parameter takes them. */
export const labelSelector = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
