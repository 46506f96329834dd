import { lenient } from '#events/lenient.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault, parseWritten } from '#events/problems/problem.ts';
import { type Revision, RevisionSpec, type RevisionWithSpec, type StoredRevision } from '#events/records/revisions.ts';
import { cutPage, type Page, type PageRequest } from '#shared/clusters/model/page.ts';
import { findLastForgotten, maxRevisions, withOutcome } from '#shared/clusters/model/revision.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';

import { maskSpec } from './mask-spec.ts';

/** The last revisions of a cluster ID, newest first. @throws Fault `not-found` when there is no such cluster. */
export const readRevisions = async (
  clusterRef: ClusterRef,
  page: PageRequest,
  { store }: Ports,
): Promise<Page<Revision>> => {
  const after = await readLastForgotten(clusterRef, store);
  const { items, ...rest } = await store.revisions(clusterRef, { after });
  const { items: cut, cursor } = cutPage(
    items.map(({ value }) => value),
    page,
  );
  return { ...rest, items: await addOutcome(cut, store), cursor };
};

/** A revision with its spec, without secrets. @throws Fault `not-found` also for one that is no longer kept. */
export const readRevision = async (
  { number, ...clusterRef }: ClusterRef & { readonly number: number },
  { store, revisionSpecs }: Ports,
): Promise<RevisionWithSpec> => {
  const [after, found] = await Promise.all([readLastForgotten(clusterRef, store), store.revision(clusterRef, number)]);
  if (found === undefined || number <= after) throw newForgottenFault(clusterRef, number);
  const { operationId } = found.value;
  const [spec, operation] = await Promise.all([revisionSpecs.read(operationId), getOperation(operationId, store)]);
  if (spec === undefined) throw newForgottenFault(clusterRef, number);
  const deploy = parseWritten(lenient(RevisionSpec, 'drop'), { kind: 'spec of a revision', value: spec });
  return { ...withOutcome(found.value, operation.value), deploy: maskSpec(deploy) };
};

const newForgottenFault = ({ target, clusterId }: ClusterRef, number: number) =>
  new Fault(
    'not-found',
    `Cluster ${clusterId} in target ${target} has no revision ${number}. Drey keeps the last ${maxRevisions}, until 30 days after the end of the cluster.`,
  );

const readLastForgotten = async (clusterRef: ClusterRef, store: Ports['store']): Promise<number> =>
  findLastForgotten((await getCluster(clusterRef, store)).value.revision ?? 0);

/** The record of a revision and that of its operation are written together, so that none lacks its operation. */
const addOutcome = async (
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
