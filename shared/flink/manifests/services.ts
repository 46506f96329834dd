import type { V1Service } from '@kubernetes/client-node';

import type { Config } from '#shared/flink/config.ts';
import {
  getCommonLabels,
  getInternalServiceName,
  getJobManagerLabels,
  getRestServiceName,
} from '#shared/flink/names.ts';
import { readOption } from '#shared/flink/options.ts';

import { omitEmpty } from './omit-empty.ts';

interface ServiceInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** The complete configuration, without field errors. */
  readonly config: Config;
}

/** The service by which TaskManagers find the JobManager. @see Flink 2.2 `InternalServiceDecorator` */
export const renderInternalService = ({ clusterId, namespace, config }: ServiceInput): V1Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: getInternalServiceName(clusterId),
    namespace,
    labels: { ...getCommonLabels(clusterId), ...readOption(config, 'kubernetes.internal-service.labels') },
    ...omitEmpty({ annotations: readOption(config, 'kubernetes.internal-service.annotations') }),
  },
  spec: {
    clusterIP: 'None',
    ports: [
      { name: 'jobmanager-rpc', port: readOption(config, 'jobmanager.rpc.port') },
      { name: 'blobserver', port: readOption(config, 'blob.server.port') },
    ],
    selector: getJobManagerLabels(clusterId),
  },
});

/** The service of Flink's REST API and web interface. @see Flink 2.2 `ExternalServiceDecorator`, `ServiceType` */
export const renderRestService = ({ clusterId, namespace, config }: ServiceInput): V1Service => {
  const exposed = readOption(config, 'kubernetes.rest-service.exposed.type');
  const port = readOption(config, 'rest.port');
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: getRestServiceName(clusterId),
      namespace,
      labels: { ...getCommonLabels(clusterId), ...readOption(config, 'kubernetes.rest-service.labels') },
      ...omitEmpty({ annotations: readOption(config, 'kubernetes.rest-service.annotations') }),
    },
    spec: {
      ...(exposed === 'Headless_ClusterIP' ? { type: 'ClusterIP', clusterIP: 'None' } : { type: exposed }),
      ports: [{ name: 'rest', port, targetPort: readOption(config, 'rest.bind-port') ?? port }],
      selector: getJobManagerLabels(clusterId),
    },
  };
};
