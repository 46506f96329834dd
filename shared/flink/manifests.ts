import type { V1ConfigMap, V1Deployment, V1Service } from '@kubernetes/client-node';

import { Fault, type Mistake } from '#events/problem.ts';

import { renderConfigMap } from './config-map.ts';
import { type Config, toYaml } from './config.ts';
import { renderDeployment } from './deployment.ts';
import { log4jConsole } from './log4j.ts';
import { jobManagerMemory, taskManagerMemory } from './memory.ts';
import { canonicalConfig, mistakeAt, optionMistakes, refuse } from './options.ts';
import { renderInternalService, renderRestService } from './services.ts';
import { sessionConfig } from './session-config.ts';

export interface SessionInput {
  readonly clusterId: string;
  readonly namespace: string;
  /** Caller's and target's options, already merged; dotted keys. */
  readonly config: Readonly<Record<string, string>>;
  /** Put on the Deployment's metadata only, not on its pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Files for the configuration folder beside config.yaml; by default Drey's own log4j-console.properties. */
  readonly logFiles?: Readonly<Record<string, string>>;
}

export interface ClusterManifests {
  readonly deployment: V1Deployment;
  /** What the Deployment is to own, in the order in which to create it. */
  readonly dependents: readonly (V1Service | V1ConfigMap)[];
}

/**
 * The objects of a session cluster, as Flink's own client creates them.
 *
 * @throws Fault `refused-option` with every mistake in the input.
 * @see Flink 2.2 `KubernetesClusterDescriptor.deploySessionCluster`
 */
export const renderSession = (input: SessionInput): ClusterManifests => {
  const { clusterId, namespace, annotations = {}, logFiles = { 'log4j-console.properties': log4jConsole } } = input;
  const config = sessionConfig(input);
  refuse([...placeMistakes(input), ...configMistakes(config, input.config)]);

  const files = { ...logFiles, 'config.yaml': toYaml(config) };
  return {
    deployment: renderDeployment({ clusterId, namespace, config, annotations, files: Object.keys(files) }),
    dependents: [
      renderInternalService({ clusterId, namespace, config }),
      renderRestService({ clusterId, namespace, config }),
      renderConfigMap({ clusterId, namespace, files }),
    ],
  };
};

/**
 * The object with the owner reference by which it is deleted together with the Deployment.
 *
 * @see Flink 2.2 `Fabric8FlinkKubeClient.setOwnerReference`
 */
export const ownedBy = <T extends V1Service | V1ConfigMap>(
  object: T,
  { name, uid }: { name: string; uid: string },
): T => {
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return Object.assign({}, object, { metadata: Object.assign({}, object.metadata, { ownerReferences: [owner] }) });
};

/** Longer ids do not leave room for what Flink appends to them. @see Flink 2.2 `Constants.MAXIMUM_CHARACTERS_OF_CLUSTER_ID` */
const longestClusterId = 45;

const placeMistakes = ({ clusterId, namespace, config }: SessionInput): readonly Mistake[] => {
  const given = canonicalConfig(config);
  const mistakes: Mistake[] = [];
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(clusterId))
    mistakes.push({
      pointer: '/clusterId',
      detail: 'must be of a-z, 0-9 and -, begin with a letter and not end with -',
    });
  if (clusterId.length > longestClusterId)
    mistakes.push({ pointer: '/clusterId', detail: `must have at most ${longestClusterId} characters` });
  if ((given['kubernetes.cluster-id'] ?? clusterId) !== clusterId)
    mistakes.push(mistakeAt('kubernetes.cluster-id', 'is not the id of this cluster'));
  if ((given['kubernetes.namespace'] ?? namespace) !== namespace)
    mistakes.push(mistakeAt('kubernetes.namespace', 'is not the namespace of this target'));
  return mistakes;
};

const configMistakes = (config: Config, given: Config): readonly Mistake[] => {
  const mistakes = optionMistakes(config, given);
  // Sizes that cannot be read cannot be added up either.
  if (mistakes.some(({ pointer }) => pointer.includes('manager.memory.'))) return mistakes;
  return [...mistakes, ...mistakesOf(() => jobManagerMemory(config)), ...mistakesOf(() => taskManagerMemory(config))];
};

const mistakesOf = (check: () => unknown): readonly Mistake[] => {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof Fault) return error.errors;
    throw error;
  }
};
