import { lenient } from '#events/lenient.ts';
import type { ClusterRef } from '#events/names.ts';
import { parseWritten } from '#events/problems/problem.ts';
import { type Revision, RevisionSpec, type StoredRevision } from '#events/records/revisions.ts';
import { findLastForgotten, withOutcome } from '#shared/clusters/model/revision.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** The revisions with their outcomes. The record of a revision and that of its operation are written together, so that none lacks its operation. */
export const addOutcome = async (
  revisions: readonly StoredRevision[],
  store: Ports['store'],
): Promise<readonly Revision[]> => {
  const found = await store.operationsByIds(revisions.map(({ operationId }) => operationId));
  const operations = new Map(found.map((operation) => [operation.operationId, operation]));
  return revisions.flatMap((revision) => {
    const operation = operations.get(revision.operationId);
    return operation === undefined ? [] : [withOutcome(revision, operation)];
  });
};

/** The spec that the deploy of a revision, or an apply, has stored. Undefined when it is no longer kept. */
export const readRevisionSpec = async (
  operationId: string,
  { revisionSpecs }: Pick<Ports, 'revisionSpecs'>,
): Promise<RevisionSpec | undefined> => {
  const spec = await revisionSpecs.read(operationId);
  return spec === undefined
    ? undefined
    : parseWritten(lenient(RevisionSpec, 'drop'), { kind: 'spec of a revision', value: spec });
};

/** The last revisions of a cluster ID with their outcomes, newest first. */
export const listKeptRevisions = async (
  clusterRef: ClusterRef,
  newest: number,
  { store }: Pick<Ports, 'store'>,
): Promise<readonly Revision[]> => {
  const { items } = await store.revisions(clusterRef, { after: findLastForgotten(newest) });
  return addOutcome(
    items.map(({ value }) => value),
    store,
  );
};
