import { lenient } from '#events/lenient.ts';
import { parseWritten } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
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

/** The revisions of a cluster ID that are kept, newest first. */
export const readKeptRevisions = (
  cluster: Pick<Cluster, 'target' | 'clusterId' | 'revision'>,
  { store }: Pick<Ports, 'store'>,
) => store.revisions(cluster, { after: findLastForgotten(cluster.revision ?? 0) });

/** The revisions of a cluster ID that are kept, with their outcomes, newest first. */
export const listKeptRevisions = async (
  cluster: Cluster,
  ports: Pick<Ports, 'store'>,
): Promise<readonly Revision[]> => {
  const { items } = await readKeptRevisions(cluster, ports);
  return addOutcome(
    items.map(({ value }) => value),
    ports.store,
  );
};
