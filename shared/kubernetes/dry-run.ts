import { type FieldError, toFinalFault } from '#events/problems/problem.ts';
import { newTakenError } from '#shared/clusters/model/kubernetes.ts';
import type { Manifests } from '#shared/flink/manifests/manifests.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { collectionPath, isKind } from '#shared/kubernetes/api/paths.ts';

/** Lets the API server validate each object; see the port. The objects have no owner, because its uid does not exist yet. */
export const dryRun = async ({ deployment, dependents }: Manifests, api: Api): Promise<readonly FieldError[]> => {
  const results = await Promise.all([deployment, ...dependents].map((object) => dryRunObject(object, api)));
  return results.flat();
};

const dryRunObject = async (
  object: Manifests['deployment'] | Manifests['dependents'][number],
  { client, target }: Api,
): Promise<readonly FieldError[]> => {
  const { kind, metadata: { name = '' } = {} } = object;
  if (!isKind(kind)) throw new TypeError(`there is no path for kind ${String(kind)}`);
  const path = `${collectionPath(kind, target.namespace)}?dryRun=All&fieldValidation=Strict`;
  try {
    const { status } = await client.send({ method: 'POST', path, json: object, expected: [409] });
    return status === 409 ? [newTakenError(kind, name)] : [];
  } catch (error) {
    const { errors, message } = toFinalFault(error);
    return errors.length > 0 ? errors : [{ pointer: '', detail: `${kind} ${name}: ${message}` }];
  }
};
