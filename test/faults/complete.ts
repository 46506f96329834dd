import type { CommandKind } from '#events/commands/index.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { isRestorable } from '#shared/clusters/model/snapshot.ts';

import type { ModelWorld, SentCommand } from './world.ts';

/** What a command needs to know of the world when it is sent. Undefined: there is nothing to send it to. */
export type Complete = (sent: SentCommand, world: ModelWorld, maxAttempts: number) => SentCommand | undefined;

/** A caller that repeats a command sends the same again. */
export const completeOnce = (complete: Complete): Complete => {
  let first: SentCommand | undefined;
  return (...given) => (first ??= complete(...given));
};

/** Commands of a job or of a snapshot have one that is known when they are sent. */
export const completeFor = (kind: CommandKind, data: SentCommand['data']): Complete => {
  if (isOfJob(kind)) return withJob;
  return kind === 'dispose-snapshot' || (kind === 'submit' && 'restore' in data) ? withSnapshot : (sent) => sent;
};

const isOfJob = (kind: CommandKind): boolean =>
  ['cancel', 'savepoint', 'stop-job', 'rescale', 'apply-job'].includes(kind);

const withJob: Complete = (sent, { table }, maxAttempts) => {
  const jobs = table.values<Job>(`target#local/cluster#${sent.clusterId}|cluster#job#`);
  const live = jobs.filter((job) => !isTerminalJob(job));
  // An apply needs a job that runs. Other commands are given to any.
  const job = 'rollout' in sent.data && live.length > 0 ? live.at(-1) : jobs[maxAttempts % Math.max(1, jobs.length)];
  return job === undefined ? undefined : { ...sent, jobId: job.jobId };
};

/** The oldest one, which the policy disposes of first, so that the commands concern the same. */
const withSnapshot: Complete = (sent, { table }) => {
  const snapshots = table.values<StoredSnapshot>(`target#local/cluster#${sent.clusterId}|snapshot#`);
  const isUsable = (one: StoredSnapshot) => one.kind === 'savepoint' && isRestorable(one);
  const [snapshotId] = snapshots.filter(isUsable).map((one) => one.snapshotId);
  if (snapshotId === undefined) return undefined;
  const { restore, ...data } = sent.data;
  return { ...sent, data: restore === undefined ? { snapshotId } : { ...data, restore: { snapshot: snapshotId } } };
};
