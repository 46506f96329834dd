/**
 * Names and labels of a cluster's objects. The JobManager, the TaskManagers and Drey find each other by them.
 *
 * @see Flink 2.2 `KubernetesUtils`, `Constants`
 */
export const getRestServiceName = (clusterId: string): string => `${clusterId}-rest`;
export const getInternalServiceName = (clusterId: string): string => clusterId;
export const getDeploymentName = (clusterId: string): string => clusterId;
export const getConfigMapName = (clusterId: string): string => `flink-config-${clusterId}`;

export const getPodTemplateName = (clusterId: string): string => `pod-template-${clusterId}`;

/** The ConfigMap in which high availability keeps the data of a job. @see Flink 2.2 `KubernetesLeaderElectionHaServices` */
export const getJobDataName = (clusterId: string, jobId: string): string => `${clusterId}-${jobId}-config-map`;

export type Labels = Readonly<Record<string, string>>;

/** The labels of every object of the cluster. */
export const getCommonLabels = (clusterId: string): Labels => ({ app: clusterId, type: 'flink-native-kubernetes' });

/** The labels of the JobManager's Deployment, which also select its pods. */
export const getJobManagerLabels = (clusterId: string): Labels => ({
  ...getCommonLabels(clusterId),
  component: 'jobmanager',
});

/** The labels of the TaskManagers' pods. */
export const getTaskManagerLabels = (clusterId: string): Labels => ({
  ...getCommonLabels(clusterId),
  component: 'taskmanager',
});

/** Labels in the form of the API server's query parameter `labelSelector`. */
export const toLabelSelector = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
