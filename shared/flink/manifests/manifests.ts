import type { V1ConfigMap, V1Deployment, V1Secret, V1Service } from '@kubernetes/client-node';

import { toYamlText } from '#shared/flink/yaml.ts';

export type Dependent = V1Service | V1ConfigMap | V1Secret;

/** The objects of a cluster. */
export interface Manifests {
  readonly deployment: V1Deployment;
  /** The objects that the Deployment will own, in the order of their creation. */
  readonly dependents: readonly Dependent[];
}

/** The objects as YAML documents. The UID of the Deployment is written `UID`, because the cluster may not exist yet. */
export const toDocuments = ({ deployment, dependents }: Manifests): string => {
  const owner = { name: deployment.metadata?.name ?? '', uid: 'UID' };
  return [deployment, ...dependents.map((object) => addOwnerReference(object, owner))].map(toYamlText).join('---\n');
};

/**
 * The object with an owner reference, so that Kubernetes deletes it together with the Deployment.
 *
 * @see Flink 2.2 `Fabric8FlinkKubeClient.setOwnerReference`
 */
export const addOwnerReference = <T extends Dependent>(object: T, { name, uid }: { name: string; uid: string }): T => {
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
