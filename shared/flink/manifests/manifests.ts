import type { V1ConfigMap, V1Deployment, V1Secret, V1Service } from '@kubernetes/client-node';
import { Document, parse, visit } from 'yaml';

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
  return [deployment, ...dependents.map((object) => addOwnerReference(object, owner))].map(toDocument).join('---\n');
};

const toDocument = (object: object): string => {
  const document = new Document(object, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && !isText(node.value)) node.type = 'QUOTE_SINGLE';
    },
  });
  return document.toString({ singleQuote: true, lineWidth: 0 });
};

/** Whether readers of YAML 1.1, such as kubectl, and of YAML 1.2 both read the plain text as text. */
const isText = (plain: string): boolean => {
  if (/\n/.test(plain)) return true; // A block is always text.
  try {
    return (['1.1', '1.2'] as const).every((version) => parse(plain, { version, logLevel: 'silent' }) === plain);
  } catch {
    return true; // Text that is not plain YAML is quoted anyway.
  }
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
