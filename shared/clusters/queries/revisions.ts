import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Revision, RevisionSpec, RevisionWithSpec } from '#events/records/revisions.ts';
import { cutPage, type Page, type PageRequest } from '#shared/clusters/model/page.ts';
import { findLastForgotten, maxRevisions, withOutcome } from '#shared/clusters/model/revision.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { addOutcome, readRevisionSpec } from '#shared/clusters/store/revisions.ts';

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

interface RevisionRef extends ClusterRef {
  readonly number: number;
}

/** A revision with its spec, without secrets. @throws Fault `not-found` also for one that is no longer kept. */
export const readRevision = async (ref: RevisionRef, ports: Ports): Promise<RevisionWithSpec> => {
  const { spec, revision } = await readStored(ref, ports);
  return { ...revision, deploy: maskSpec(spec) };
};

/** A revision with its spec, as it was given. @throws Fault `not-found` also for one that is no longer kept. */
export const readStored = async (
  { number, ...clusterRef }: RevisionRef,
  { store, revisionSpecs }: Ports,
): Promise<{ readonly revision: Revision; readonly spec: RevisionSpec }> => {
  const [after, found] = await Promise.all([readLastForgotten(clusterRef, store), store.revision(clusterRef, number)]);
  if (found === undefined || number <= after) throw newForgottenFault(clusterRef, number);
  const { operationId } = found.value;
  const [spec, operation] = await Promise.all([
    readRevisionSpec(operationId, { revisionSpecs }),
    getOperation(operationId, store),
  ]);
  if (spec === undefined) throw newForgottenFault(clusterRef, number);
  return { revision: withOutcome(found.value, operation.value), spec };
};

const newForgottenFault = ({ target, clusterId }: ClusterRef, number: number) =>
  new Fault(
    'not-found',
    `Cluster ${clusterId} in target ${target} has no revision ${number}. Drey keeps the last ${maxRevisions}, until 30 days after the end of the cluster.`,
  );

const readLastForgotten = async (clusterRef: ClusterRef, store: Ports['store']): Promise<number> =>
  findLastForgotten((await getCluster(clusterRef, store)).value.revision ?? 0);
