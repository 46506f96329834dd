import { clientOnly, type Config, type Scalar, stockConfig } from './config.ts';
import { merge, options } from './options.ts';

/** Where a cluster is to be, and what is asked of it. */
interface Place {
  readonly clusterId: string;
  readonly namespace: string;
  readonly config: Readonly<Record<string, string>>;
}

const entrypoint = 'org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint';

/**
 * All that a session cluster is configured with: what the distribution sets, what the caller asks for, and what Flink's
 * client settles by itself. Both the objects and `config.yaml` follow from it.
 *
 * @see Flink 2.2 `KubernetesClusterDescriptor.deployClusterInternal`, `InternalServiceDecorator`
 */
export const sessionConfig = ({ clusterId, namespace, config }: Place): Config => {
  const asked = merge(stockConfig, config);
  const settled: Config = {
    ...asked,
    'kubernetes.cluster-id': clusterId,
    ...(namespace === options['kubernetes.namespace'].default ? {} : { 'kubernetes.namespace': namespace }),
    'execution.target': 'kubernetes-session',
    'internal.cluster.execution-mode': 'NORMAL',
    'kubernetes.internal.jobmanager.entrypoint.class': entrypoint,
    'jobmanager.rpc.address': `${clusterId}.${namespace}`,
    'blob.server.port': fixedPort(asked['blob.server.port'], '6124'),
    'taskmanager.rpc.port': fixedPort(asked['taskmanager.rpc.port'], '6122'),
    ...(Object.hasOwn(asked, 'rest.bind-port') ? { 'rest.bind-port': fixedPort(asked['rest.bind-port'], '8081') } : {}),
  };
  return Object.fromEntries(Object.entries(settled).filter(([key]) => !clientOnly.has(key)));
};

/** A service needs to know the port, so "any port" becomes a certain one. @see Flink 2.2 `KubernetesUtils` */
const fixedPort = (port: Scalar | undefined, standard: string): Scalar =>
  port === undefined || /^0+$/.test(String(port)) ? standard : port;
