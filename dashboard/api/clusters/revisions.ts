import { useQuery } from '@tanstack/react-query';

import { api, unwrap } from '../client/client.ts';
import { type ClusterRef, clusterKey, pathOf } from './cluster.ts';
import { onDemand } from '../client/query-client.ts';
import type { DeploySpec, RevisionWithSpec } from '../types.ts';

/** More than are kept of a cluster ID. */
const maxRevisions = 100;
/** More snapshots are seldom of use to a reader. */
const maxSnapshots = 100;

/** The last revisions of a cluster ID, newest first. */
export const useRevisions = (ref: ClusterRef) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'revisions'],
    queryFn: async ({ signal }) => {
      const params = { path: pathOf(ref), query: { limit: maxRevisions } };
      const call = api.GET('/v1/targets/{target}/clusters/{clusterId}/revisions', { params, signal });
      return (await unwrap(call)).revisions;
    },
  });

/** A revision with its spec, which never changes. Without a number, nothing is read. */
export const useRevision = (ref: ClusterRef, number: number | undefined) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'revisions', number],
    queryFn: ({ signal }) => {
      const params = { path: { ...pathOf(ref), revision: String(number) } };
      return unwrap(api.GET('/v1/targets/{target}/clusters/{clusterId}/revisions/{revision}', { params, signal }));
    },
    enabled: number !== undefined,
    staleTime: 60_000,
    refetchInterval: false,
  });

/** The newest savepoints and checkpoints that were taken of a cluster ID. */
export const useSnapshots = (ref: ClusterRef) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'snapshots'],
    queryFn: async ({ signal }) => {
      const params = { path: pathOf(ref), query: { limit: maxSnapshots } };
      const call = api.GET('/v1/targets/{target}/clusters/{clusterId}/snapshots', { params, signal });
      const { snapshots, cursor } = await unwrap(call);
      return { snapshots, hasMore: cursor !== undefined };
    },
  });

/**
 * What a deploy of a revision makes with the settings that the target has now: the complete configuration with its origins, and
 * the Kubernetes objects. Without a revision, nothing is asked. It is asked once, because it is a dry run on the target.
 */
export const usePlan = (ref: ClusterRef, revision: RevisionWithSpec | undefined) =>
  useQuery({
    queryKey: [...clusterKey(ref), 'plan', revision?.number],
    queryFn: ({ signal }) => {
      if (revision === undefined) throw new Error('There is no revision to plan.');
      const params = { path: { target: ref.target } };
      // The API answers the spec as the body of a deploy. It has the values of the masks.
      const body = { ...(revision.deploy as DeploySpec), clusterId: ref.clusterId, revision: revision.number };
      return unwrap(api.POST('/v1/targets/{target}/plans', { params, body, signal }));
    },
    enabled: revision !== undefined,
    meta: onDemand,
    staleTime: Infinity,
    refetchInterval: false,
  });
