import { type Config, toText } from '#shared/flink/config.ts';
import { readOption } from '#shared/flink/options.ts';

import { type PodTemplates, selectTemplate, splitPodTemplate } from './pod-template.ts';

/** Ports that Flink does not replace with free ones. @see Flink 2.2 `KubernetesEntrypointUtils.loadConfiguration` */
const portOption =
  /^(taskmanager\.data\.(bind-)?port|(jobmanager|taskmanager)\.rpc\.bind-port|metrics\.internal\.query-service\.port|metrics\.reporter\..+\.port|queryable-state\..*\.ports)$/;

/** A port of a debugger or of JMX in the options of the JVM. */
const jvmPort = /(?:\baddress=(?:[^,\s:]*:)?|jmxremote\.(?:rmi\.)?port=)(\d+)/;

/** The fixed ports of a cluster in the network of its nodes, where two pods on one node cannot have the same port. */
export const findHostNetworkWarnings = (templates: PodTemplates | undefined, config: Config): readonly string[] => {
  if (!readOption(config, 'kubernetes.hostnetwork.enabled')) return [];
  const options = Object.entries(config).flatMap(([key, value]) => {
    const text = toText(value).trim();
    const port = key.startsWith('env.java.') ? jvmPort.exec(text)?.[1] : text;
    const isFixed = (portOption.test(key) || key.startsWith('env.java.')) && /^0*[1-9]\d*$/.test(port ?? '');
    return isFixed ? [`the fixed port of ${key}`] : [];
  });
  const pods = [selectTemplate(templates, 'jobmanager'), selectTemplate(templates, 'taskmanager')];
  const containers = pods.flatMap((template) => {
    const { main, others } = splitPodTemplate(template);
    return [main, ...others].flatMap(({ ports }) => ports ?? []);
  });
  const fixed = [
    ...new Set([...options, ...containers.map(({ containerPort }) => `port ${containerPort} of a pod template`)]),
  ];
  return fixed.map(
    (port) =>
      `kubernetes.hostnetwork.enabled: one node cannot run two pods with ${port}, of this or of another cluster. Set a range or remove the port.`,
  );
};
