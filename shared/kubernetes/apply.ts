import { Fault, toProblem } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { type Applied, IncompleteDeployment } from '#shared/clusters/model/kubernetes.ts';
import { addOwnerReference, type Dependent, type Manifests } from '#shared/flink/manifests/manifests.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { AnyObject } from '#shared/kubernetes/api/objects.ts';
import { collectionPath, isKind, objectPath } from '#shared/kubernetes/api/paths.ts';
import { toRefusal } from '#shared/kubernetes/api/status.ts';

import { findOperationId, markOwned } from './ownership.ts';

interface Owner {
  readonly name: string;
  readonly uid: string;
}

/** Creates the Deployment, then all objects that it owns at the same time; see the port. */
export const apply = async (manifests: Manifests, operationId: string, api: Api): Promise<Applied> => {
  const { deployment, dependents } = markOwned(manifests, { operationId, owner: api.owner });
  const { owner, isRepeated } = await createDeployment(deployment, operationId, api);
  const results = await Promise.allSettled(
    dependents.map((dependent) => createDependent(addOwnerReference(dependent, owner), owner, api)),
  );
  const failures = results.flatMap((result): readonly unknown[] =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  if (failures.length === 0) {
    const repeated = [isRepeated, ...results.map((result) => result.status === 'fulfilled' && result.value)];
    return { uid: owner.uid, ...(repeated.includes(true) && { isRepeated: true }) };
  }
  // No retry can succeed. Another call for the same operation may have succeeded before, so nothing is removed here.
  const final = failures.filter((failure) => failure instanceof Fault).find((fault) => !toProblem(fault).retryable);
  if (final === undefined) throw failures[0];
  throw new IncompleteDeployment(final, owner.uid);
};

const createDeployment = async (
  deployment: Manifests['deployment'],
  operationId: string,
  { client, target }: Api,
): Promise<{ readonly owner: Owner; readonly isRepeated: true | undefined }> => {
  const name = deployment.metadata?.name ?? '';
  // Strict validation refuses a misspelt field of a pod template, which the API server would drop otherwise.
  const path = `${collectionPath('Deployment', target.namespace)}?fieldValidation=Strict`;
  const answer = await client.send({ method: 'POST', path, json: deployment, expected: [409] });
  const { isRepeated } = answer;
  if (answer.status !== 409) return { owner: parseOwner(answer.body, name, target), isRepeated };

  const existing = await client.get(objectPath('Deployment', target.namespace, name), AnyObject);
  if (existing === undefined) throw newStillRemovedFault('Deployment', name);
  return { owner: checkExisting(existing, operationId, target), isRepeated };
};

/** @throws Fault `id-taken` unless the operation created the Deployment; `not-ready` while the Deployment is removed. */
const checkExisting = ({ metadata }: AnyObject, operationId: string, target: NamedTarget): Owner => {
  const { name, uid, deletionTimestamp } = metadata;
  const creator = findOperationId(metadata);
  if (creator === operationId && deletionTimestamp === undefined) return { name, uid };
  if (creator === operationId)
    throw new Fault('id-taken', `Deployment ${name} of this operation is being deleted. Deploy the cluster again.`);
  if (deletionTimestamp !== undefined) throw newStillRemovedFault('Deployment', name);
  const origin = creator === undefined ? 'was not deployed by Drey' : `belongs to operation ${creator}`;
  throw new Fault(
    'id-taken',
    `Deployment ${name} in namespace ${target.namespace} ${origin}. Delete it, or deploy under another cluster id.`,
  );
};

const createDependent = async (object: Dependent, owner: Owner, { client, target }: Api): Promise<true | undefined> => {
  const { kind, metadata: { name = '' } = {} } = object;
  if (!isKind(kind)) throw new TypeError(`there is no path for kind ${String(kind)}`);
  const path = collectionPath(kind, target.namespace);
  const answer = await client.send({ method: 'POST', path, json: object, expected: [409] });
  if (answer.status !== 409) return answer.isRepeated;

  const existing = await client.get(objectPath(kind, target.namespace, name), AnyObject);
  // A Service also gets 409 when another Service has its fixed port or address.
  if (existing === undefined) throw toRefusal(answer, target);
  const { ownerReferences, deletionTimestamp } = existing.metadata;
  if (ownerReferences.some(({ uid }) => uid === owner.uid)) return answer.isRepeated;
  // Deployment names are unique, so the earlier Deployment of this name is gone and its objects are being removed.
  const hasEarlierOwner = ownerReferences.some((other) => other.kind === 'Deployment' && other.name === owner.name);
  if (deletionTimestamp !== undefined || hasEarlierOwner) throw newStillRemovedFault(kind, name);
  throw new Fault(
    'id-taken',
    `${kind} ${name} in namespace ${target.namespace} has another owner. Delete it, or deploy under another cluster id.`,
  );
};

const parseOwner = (body: unknown, name: string, { cluster }: NamedTarget): Owner => {
  const parsed = AnyObject.safeParse(body);
  if (parsed.success) return { name, uid: parsed.data.metadata.uid };
  const message = `EKS cluster ${cluster} answered the creation of Deployment ${name} with an unexpected body.`;
  throw new Fault('target-refused', message, { cause: parsed.error });
};

const newStillRemovedFault = (kind: string, name: string): Fault =>
  new Fault('not-ready', `${kind} ${name} of an earlier cluster is still being removed. Retry in a few seconds.`, {
    retryAfterSeconds: 2,
  });
