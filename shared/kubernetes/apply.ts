import { Fault, type FieldError, toProblem } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { addOwnerReference, type Dependent, type Manifests } from '#shared/flink/manifests/manifests.ts';

import type { Client } from './client.ts';
import { AnyObject } from './objects.ts';
import { collectionPath, isKind, objectPath } from './paths.ts';
import { deleteDeployment } from './remove.ts';
import { refusalOf } from './status.ts';

/** On the Deployment: the operation that created it. By it a repetition finds its own. */
export const operationAnnotation = 'drey.dev/operation';

interface Owner {
  readonly name: string;
  readonly uid: string;
}

/** Creates the Deployment, then all that it owns side by side; see the port. */
export const apply = async (
  { deployment, dependents }: Manifests,
  operationId: string,
  { client, target }: { readonly client: Client; readonly target: NamedTarget },
): Promise<{ readonly uid: string }> => {
  const owner = await createDeployment(deployment, operationId, client, target);
  const results = await Promise.allSettled(
    dependents.map((dependent) => createDependent(addOwnerReference(dependent, owner), owner, client, target)),
  );
  const failures = results.flatMap((result): readonly unknown[] =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  if (failures.length === 0) return { uid: owner.uid };
  const final = failures.find((failure) => failure instanceof Fault && !toProblem(failure).retryable);
  // What another try cannot mend ends here: nothing of it is left, and nobody else's is touched.
  if (final !== undefined) await deleteDeployment(owner, client, target);
  throw final ?? failures[0];
};

/** Asks the API server to try each object; see the port. The owner is left out: it has no uid yet. */
export const dryRun = async (
  { deployment, dependents }: Manifests,
  { client, target }: { readonly client: Client; readonly target: NamedTarget },
): Promise<readonly FieldError[]> => {
  const results = await Promise.all(
    [deployment, ...dependents].map(async (object): Promise<readonly FieldError[]> => {
      const { kind, metadata: { name = '' } = {} } = object;
      if (!isKind(kind)) throw new TypeError(`there is no path for kind ${String(kind)}`);
      const path = `${collectionPath(kind, target.namespace)}?dryRun=All&fieldValidation=Strict`;
      try {
        const { status } = await client.send({ method: 'POST', path, json: object, expected: [409] });
        return status === 409 ? [{ pointer: '/clusterId', detail: `${kind} ${name} is there already` }] : [];
      } catch (error) {
        if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
        return error.errors.length > 0 ? error.errors : [{ pointer: '', detail: `${kind} ${name}: ${error.message}` }];
      }
    }),
  );
  return results.flat();
};

const createDeployment = async (
  deployment: Manifests['deployment'],
  operationId: string,
  client: Client,
  target: NamedTarget,
): Promise<Owner> => {
  const name = deployment.metadata?.name ?? '';
  const annotations = { ...deployment.metadata?.annotations, [operationAnnotation]: operationId };
  const json = Object.assign({}, deployment, { metadata: Object.assign({}, deployment.metadata, { annotations }) });
  // A misspelt field of a pod template is not dropped.
  const path = `${collectionPath('Deployment', target.namespace)}?fieldValidation=Strict`;
  const answer = await client.send({ method: 'POST', path, json, expected: [409] });
  if (answer.status !== 409) return created(answer.body, name, target);

  const existing = await client.get(objectPath('Deployment', target.namespace, name), AnyObject);
  if (existing === undefined) throw beingRemoved('Deployment', name);
  const { annotations: found = {}, deletionTimestamp, uid } = existing.metadata;
  const owner = found[operationAnnotation];
  if (owner === operationId && deletionTimestamp === undefined) return { name, uid };
  if (owner === operationId) throw new Fault('id-taken', `Deployment ${name} of this operation is being deleted`);
  if (deletionTimestamp !== undefined) throw beingRemoved('Deployment', name);
  const whose = owner === undefined ? 'was not deployed by Drey' : `belongs to operation ${owner}`;
  throw new Fault('id-taken', `Deployment ${name} in namespace ${target.namespace} ${whose}`);
};

const createDependent = async (object: Dependent, owner: Owner, client: Client, target: NamedTarget): Promise<void> => {
  const { kind, metadata: { name = '' } = {} } = object;
  if (!isKind(kind)) throw new TypeError(`there is no path for kind ${String(kind)}`);
  const path = collectionPath(kind, target.namespace);
  const answer = await client.send({ method: 'POST', path, json: object, expected: [409] });
  if (answer.status !== 409) return;

  const existing = await client.get(objectPath(kind, target.namespace, name), AnyObject);
  // A Service also answers 409 when its fixed port or address is another's.
  if (existing === undefined) throw refusalOf(answer, target);
  const { ownerReferences, deletionTimestamp } = existing.metadata;
  if (ownerReferences.some(({ uid }) => uid === owner.uid)) return;
  // The name is our Deployment's now. Whoever had it before is gone, and what it owned is about to go.
  const isLeftover = ownerReferences.some((other) => other.kind === 'Deployment' && other.name === owner.name);
  if (deletionTimestamp !== undefined || isLeftover) throw beingRemoved(kind, name);
  throw new Fault('id-taken', `${kind} ${name} in namespace ${target.namespace} belongs to somebody else`);
};

const created = (body: unknown, name: string, { cluster }: NamedTarget): Owner => {
  const parsed = AnyObject.safeParse(body);
  if (parsed.success) return { name, uid: parsed.data.metadata.uid };
  throw new Fault('target-refused', `EKS cluster ${cluster} answered with something else than a Deployment`, {
    cause: parsed.error,
  });
};

const beingRemoved = (kind: string, name: string) =>
  new Fault('not-ready', `${kind} ${name} of an earlier cluster is still being removed`, { retryAfterSeconds: 2 });
