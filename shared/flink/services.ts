import type { V1Service } from '@kubernetes/client-node';

import type { Config } from './config.ts';
import { commonLabels, internalServiceName, jobManagerLabels, restServiceName } from './names.ts';
import { read } from './options.ts';
import { unlessEmpty } from './unless-empty.ts';

interface ServiceInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** Complete and without mistakes. */
  readonly config: Config;
}

/** By which TaskManagers find the JobManager. @see Flink 2.2 `InternalServiceDecorator` */
export const renderInternalService = ({ clusterId, namespace, config }: ServiceInput): V1Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: internalServiceName(clusterId),
    namespace,
    labels: { ...commonLabels(clusterId), ...read(config, 'kubernetes.internal-service.labels') },
    ...unlessEmpty({ annotations: read(config, 'kubernetes.internal-service.annotations') }),
  },
  spec: {
    clusterIP: 'None',
    ports: [
      { name: 'jobmanager-rpc', port: read(config, 'jobmanager.rpc.port') },
      { name: 'blobserver', port: read(config, 'blob.server.port') },
    ],
    selector: jobManagerLabels(clusterId),
  },
});

/** Flink's REST API and web page. @see Flink 2.2 `ExternalServiceDecorator`, `ServiceType` */
export const renderRestService = ({ clusterId, namespace, config }: ServiceInput): V1Service => {
  const exposed = read(config, 'kubernetes.rest-service.exposed.type');
  const port = read(config, 'rest.port');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: restServiceName(clusterId),
      namespace,
      labels: { ...commonLabels(clusterId), ...read(config, 'kubernetes.rest-service.labels') },
      ...unlessEmpty({ annotations: read(config, 'kubernetes.rest-service.annotations') }),
    },
    spec: {
      ...(exposed === 'Headless_ClusterIP' ? { type: 'ClusterIP', clusterIP: 'None' } : { type: exposed }),
      ports: [{ name: 'rest', port, targetPort: read(config, 'rest.bind-port') ?? port }],
      selector: jobManagerLabels(clusterId),
    },
  };
};
