import { createHash } from 'node:crypto';

import type { CommandData } from '#events/commands/index.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { type Revision, type RevisionOutcome, RevisionSpec, type StoredRevision } from '#events/records/revisions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';

import { withoutRestore } from '#shared/flink/option-names/restore.ts';

import { toCanonicalJson, withoutDefaults } from './canonical.ts';
import { omitUndefined } from './omit-undefined.ts';

/** How many revisions of a cluster ID callers see, and how many are renewed while the cluster is live. */
export const maxRevisions = 20;

/**
 * How long a record is kept after it was written or renewed. Revisions of live clusters are renewed each week, so that they
 * are kept for at least 30 days after the end of the cluster.
 */
export const revisionRetentionDays = 37;

/** The number before the first one that is kept, when this is the newest revision. */
export const findLastForgotten = (newest: number): number => Math.max(0, newest - maxRevisions);

/**
 * The revisions since the cluster last ended. Earlier ones may be of another program, which cannot read the state. A
 * SUSPENDED cluster has not ended.
 */
export const selectCurrentLine = (
  { firstRevision = 1 }: Pick<Cluster, 'firstRevision'>,
  revisions: readonly Revision[],
): readonly Revision[] => revisions.filter(({ number }) => number >= firstRevision);

/** The spec of a deploy: its data without what belongs to the one command, with the cluster ID that it got. */
export const toSpec = (data: CommandData<'deploy'>, clusterId: string): RevisionSpec => {
  const { priority: _priority, deadline: _deadline, dependsOn: _dependsOn, ...rest } = data;
  const { correlationId: _correlationId, taskToken: _taskToken, ...spec } = rest;
  return { ...spec, clusterId };
};

/**
 * SHA-256 of what a spec runs. The cluster ID, `restore`, the options with its meaning, and members with
 * their default value do not count: the same spec
 * has the same digest under another ID, and whatever state it starts from.
 */
export const computeDigest = (spec: RevisionSpec): string => {
  const { clusterId: _clusterId, restore: _restore, job, ...rest } = spec;
  const run = { ...rest, config: withoutRestore(rest.config) };
  const counted = job === undefined ? run : { ...run, job: { ...job, restore: undefined } };
  return createHash('sha256')
    .update(toCanonicalJson(withoutDefaults(RevisionSpec, counted)))
    .digest('hex');
};

const outcomeOf: Readonly<Record<StoredOperation['state'], RevisionOutcome>> = {
  QUEUED: 'pending',
  PENDING: 'pending',
  IN_PROGRESS: 'pending',
  SUCCEEDED: 'stable',
  FAILED: 'failed',
  CANCELED: 'superseded',
};

/** A revision as callers see it. Its deploy operation says what became of it. */
export const withOutcome = (
  revision: StoredRevision,
  { state, problem = revision.unstable }: Pick<StoredOperation, 'state' | 'problem'>,
): Revision => ({
  ...revision,
  outcome: revision.unstable === undefined ? outcomeOf[state] : 'failed',
  ...omitUndefined({ problem }),
});
