import type { V1ConfigMap, V1Service } from '@kubernetes/client-node';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { fromConfigFile } from '#test/unit/shared/flink/normalise.ts';

export const render = (config: Record<string, string> = {}, rest: Partial<ClusterInput> = {}) => {
  const { deployment, dependents, warnings } = renderCluster({
    mode: 'session',
    clusterId: 'nest',
    namespace: 'trees',
    config,
    ...rest,
  });
  const [internal, service] = dependents.filter((object): object is V1Service => object.kind === 'Service');
  const configMap = dependents.find((object): object is V1ConfigMap => object.kind === 'ConfigMap');
  if (internal === undefined || service === undefined || configMap === undefined)
    throw new Error('an object is missing');
  const pod = deployment.spec?.template;
  const text = configMap.data?.['config.yaml'] ?? '';
  return {
    deployment,
    dependents,
    warnings,
    internal,
    service,
    configMap,
    pod,
    container: pod?.spec?.containers[0],
    config: fromConfigFile(text),
    text,
  };
};
