/** @see Kubernetes, "ConfigMaps": the data of a ConfigMap has at most 1 MiB. */
export const maxConfigMapBytes = 1_048_576;
