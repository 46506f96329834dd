import type { Cluster } from '../../api/types.ts';

type Directories = Pick<
  Cluster,
  'hasSavepointDirectory' | 'checkpointDirectory' | 'highAvailabilityDirectory' | 'retainsCheckpoints'
>;

/**
 * Whether a savepoint needs a directory of its own. An old record does not say whether the cluster has one.
 *
 * @param hasJobs Whether a job may be live. Without one, no savepoint is taken.
 */
export const needsDirectory = ({ hasSavepointDirectory }: Pick<Directories, 'hasSavepointDirectory'>, hasJobs = true) =>
  hasJobs && hasSavepointDirectory === false;

/** Why the next start cannot begin from the last checkpoint of a job. Undefined: it can. */
export const findLastStateRefusal = (cluster: Directories): string | undefined => {
  const { checkpointDirectory, highAvailabilityDirectory, retainsCheckpoints } = cluster;
  if (checkpointDirectory === undefined) return 'The cluster has no directory of checkpoints.';
  return highAvailabilityDirectory === undefined && retainsCheckpoints !== true
    ? 'Flink deletes the checkpoints of the cluster when it ends.'
    : undefined;
};

/** What a stop is called. It ends what is queued or suspended, and removes the objects that a failed cluster has left. */
export const describeStopAction = (state: Cluster['state']): { readonly action: string; readonly confirm: string } => {
  if (state === 'FAILED') return { action: 'Remove what is left', confirm: 'Remove what is left' };
  if (state === 'QUEUED') return { action: 'Remove from the queue', confirm: 'Remove from the queue' };
  return { action: 'Stop', confirm: 'Stop the cluster' };
};
