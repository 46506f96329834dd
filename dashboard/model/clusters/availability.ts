import { hasIncarnation, isPendingCluster, isTerminalCluster, mayAnswer } from '#events/records/cluster-states.ts';

import type { Cluster, Snapshot } from '../../api/types.ts';
import { isTerminalState } from '../states.ts';

/** What a reader can do with a cluster, in the order of the menu. */
export const clusterActions = [
  'submit',
  'flink-ui',
  'extend',
  'deploy-again',
  'restart',
  'rollback',
  'suspend',
  'resume',
  'stop',
] as const;
export type ClusterAction = (typeof clusterActions)[number];

export const jobActions = ['savepoint', 'checkpoint', 'rescale', 'apply', 'stop', 'cancel'] as const;
export type JobAction = (typeof jobActions)[number];

/** What decides about the actions of a cluster. */
interface ActedCluster extends Pick<Cluster, 'mode' | 'state'> {
  readonly revision?: number | undefined;
  readonly rollout?: object | undefined;
  readonly stopOperationId?: string | undefined;
  readonly onFailure?: string | undefined;
}

/** Why an action is not possible now. Undefined: it is possible, as far as the record of the cluster tells. */
export const findRefusal = (action: ClusterAction, cluster: ActedCluster): string | undefined => rules[action](cluster);

type Rule = (cluster: ActedCluster) => string | undefined;

const needsRunning: Rule = ({ state, rollout }) => {
  if (state !== 'RUNNING') return `The cluster is ${state}. This needs a RUNNING cluster.`;
  return rollout === undefined ? undefined : 'A rollout is in progress.';
};

const rules: Readonly<Record<ClusterAction, Rule>> = {
  submit: (cluster) => {
    if (cluster.mode === 'application') return 'An application runs its own program only.';
    return cluster.state === 'RUNNING' || isPendingCluster(cluster)
      ? undefined
      : `The session is ${cluster.state}. It does not accept jobs.`;
  },
  'flink-ui': (cluster) => (mayAnswer(cluster) ? undefined : `The cluster is ${cluster.state}. Flink does not run.`),
  extend: (cluster) => {
    const { state, stopOperationId, onFailure } = cluster;
    if (state === 'QUEUED') return 'The lifetime begins when the cluster starts.';
    const keepsObjects = state === 'FAILED' && stopOperationId === undefined && onFailure === 'keep';
    return keepsObjects || (hasIncarnation(cluster) && state !== 'STOPPING')
      ? undefined
      : `The cluster is ${state}. Its lifetime has ended.`;
  },
  'deploy-again': ({ revision }) => (revision === undefined ? 'The spec of the cluster is not stored.' : undefined),
  restart: needsRunning,
  suspend: needsRunning,
  resume: ({ state, rollout }) => {
    if (state !== 'SUSPENDED') return `The cluster is ${state}. Only a SUSPENDED one is resumed.`;
    return rollout === undefined ? undefined : 'A rollout is in progress.';
  },
  rollback: ({ state, revision = 0 }) => {
    if (state !== 'RUNNING' && state !== 'SUSPENDED')
      return `The cluster is ${state}. This needs a RUNNING or SUSPENDED cluster.`;
    return revision > 1 ? undefined : 'It has no earlier revision.';
  },
  // A stop removes what a FAILED cluster has left, and joins a stop in progress or follows one that failed.
  stop: (cluster) =>
    isTerminalCluster(cluster) && cluster.state !== 'FAILED' ? `The cluster is ${cluster.state}.` : undefined,
};

/** What decides about the actions of a job. */
interface ActedJob {
  readonly state: string;
  /** Its submit. */
  readonly operationId?: string | undefined;
}

/** Why an action is not possible for a job. All need a job that has not ended, of a cluster that runs. */
export const findJobRefusal = (
  action: JobAction,
  job: ActedJob,
  cluster: Pick<ActedCluster, 'mode' | 'state' | 'rollout'>,
): string | undefined => {
  if (isTerminalState('job', job.state)) return `The job is ${job.state}.`;
  if (cluster.state !== 'RUNNING') return `The cluster is ${cluster.state}.`;
  if (action === 'apply') {
    if (cluster.mode === 'application') return 'An application is changed with Deploy again.';
    if (job.operationId === undefined) return 'The job was not submitted through Drey.';
  }
  return (action === 'rescale' || action === 'apply') && cluster.rollout !== undefined
    ? 'A rollout is in progress.'
    : undefined;
};

/** Why a snapshot cannot be disposed of, as far as its record tells. The API knows what was restored from it. */
export const findDisposalRefusal = (
  { kind, state, path }: Pick<Snapshot, 'kind' | 'state' | 'path'>,
  cluster: Pick<ActedCluster, 'state'>,
): string | undefined => {
  if (kind === 'checkpoint') return 'Flink deletes checkpoints itself.';
  if (state !== 'COMPLETED') return `The snapshot is ${state}.`;
  if (path === undefined) return 'Flink has not told where the snapshot is.';
  return cluster.state === 'RUNNING'
    ? undefined
    : `The cluster is ${cluster.state}. Only the Flink of a RUNNING cluster deletes a savepoint.`;
};
