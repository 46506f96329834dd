import { isPendingCluster } from '#events/records/cluster-states.ts';

import type { Cluster } from '../../api/types.ts';
import { isTerminalState } from '../states.ts';

/** Why a cluster has no jobs, and what to do if something can be done. Words in backticks are code. */
export const describeNoJobs = ({ state, mode }: Pick<Cluster, 'state' | 'mode'>): string => {
  if (state === 'FAILED') return 'No job of the cluster is known. The events say why it failed.';
  if (isTerminalState('cluster', state)) return `The cluster is ${state}. No job of it is known.`;
  if (state === 'QUEUED') return 'The cluster waits in the queue.';
  if (state === 'RUNNING')
    return mode === 'session' ? 'Submit one with `drey run`.' : 'The program has started no job yet.';
  if (isPendingCluster({ state }))
    return mode === 'session'
      ? 'The session starts. A job that you submit with `drey run` waits for it.'
      : 'The program starts when the cluster runs.';
  return `The cluster is ${state}.`;
};
