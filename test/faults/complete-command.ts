import type { CommandKind } from '#events/commands/index.ts';
import type { Job } from '#events/records/job.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { isRestorable } from '#shared/clusters/model/snapshot.ts';

import type { ModelWorld, SentCommand } from './world.ts';

interface Place {
  readonly world: ModelWorld;
  readonly maxAttempts: number;
}

/** The command with a job or a snapshot that is known when it is sent. Undefined: there is none. */
export const completeCommand = (kind: CommandKind, sent: SentCommand, place: Place): SentCommand | undefined => {
  if (isOfJob(kind)) return withJob(sent, place);
  return kind === 'dispose-snapshot' || (kind === 'submit' && 'restore' in sent.data)
    ? withSnapshot(sent, place.world)
    : sent;
};

const isOfJob = (kind: CommandKind): boolean => ['cancel', 'savepoint', 'stop-job', 'rescale'].includes(kind);

const withJob = (sent: SentCommand, { world, maxAttempts }: Place): SentCommand | undefined => {
  const jobs = world.table.values<Job>(`target#local/cluster#${sent.clusterId}|cluster#job#`);
  const job = jobs[maxAttempts % Math.max(1, jobs.length)];
  return job === undefined ? undefined : { ...sent, jobId: job.jobId };
};

/** The oldest one, which the policy disposes of first, so that the commands concern the same. */
const withSnapshot = (sent: SentCommand, { table }: ModelWorld): SentCommand | undefined => {
  const snapshots = table.values<StoredSnapshot>(`target#local/cluster#${sent.clusterId}|snapshot#`);
  const isUsable = (one: StoredSnapshot) => one.kind === 'savepoint' && isRestorable(one);
  const [snapshotId] = snapshots.filter(isUsable).map((one) => one.snapshotId);
  if (snapshotId === undefined) return undefined;
  const { restore, ...data } = sent.data;
  return { ...sent, data: restore === undefined ? { snapshotId } : { ...data, restore: { snapshot: snapshotId } } };
};
