import type { Cluster, ClusterState, DeploymentMode } from '#events/records/cluster.ts';
import { clusterStates } from '#events/records/cluster-states.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Transition } from '#events/records/transitions.ts';
import { liveStates } from '#shared/clusters/model/cluster-states.ts';
import { countFitting, type Page, type PageRequest } from '#shared/clusters/model/page.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

/** @throws Fault `not-found` */
export const readCluster = async (clusterRef: ClusterRef, { store }: Ports): Promise<Cluster> =>
  (await getCluster(clusterRef, store)).value;

interface ClusterFilter extends PageRequest {
  /** Separated by commas. Undefined: the states of live clusters. */
  readonly states?: string | undefined;
  readonly mode?: DeploymentMode | undefined;
  /** `key=value`, separated by commas. */
  readonly labels?: string | undefined;
}

/**
 * One page of the clusters of a target. A page may have fewer clusters than the limit, because mode and labels are
 * filtered afterwards.
 *
 * @throws Fault `not-found` for the target; `malformed-request` for a state or a label.
 */
export const readClusters = async (
  target: string,
  { states, mode, labels, cursor, limit }: ClusterFilter,
  ports: Ports,
): Promise<Page<Cluster>> => {
  const wantedStates = states === undefined ? liveStates : states.split(',').map(parseState);
  const wantedLabels = labels === undefined ? [] : labels.split(',').map(parseLabel);
  const [page] = await Promise.all([
    ports.store.clusters(target, { states: wantedStates, limit, cursor }),
    ports.targets.get(target),
  ]);
  return {
    ...page,
    items: page.items
      .filter((cluster) => mode === undefined || cluster.mode === mode)
      .filter((cluster) => wantedLabels.every(([name, value]) => cluster.labels[name] === value)),
  };
};

const parseState = (text: string): ClusterState => {
  const state = clusterStates.find((known) => known === text.trim().toUpperCase());
  if (state === undefined)
    throw newMalformedFault('/state', `${text} is not a state. States are ${clusterStates.join(', ')}.`);
  return state;
};

const parseLabel = (text: string): readonly [name: string, value: string] => {
  const at = text.indexOf('=');
  if (at < 1) throw newMalformedFault('/label', `${text} is not key=value.`);
  return [text.slice(0, at), text.slice(at + 1)];
};

const newMalformedFault = (pointer: string, detail: string): Fault =>
  new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });

/**
 * The transitions of a cluster with a sequence number greater than `after`, as many as fit into a response.
 *
 * @throws Fault `not-found`
 */
export const readTransitions = async (
  clusterRef: ClusterRef,
  range: { readonly after: number; readonly limit: number },
  { store }: Ports,
): Promise<readonly Transition[]> => {
  await getCluster(clusterRef, store);
  const transitions = await store.transitions(clusterRef, range);
  return transitions.slice(0, countFitting(transitions, range.limit));
};
