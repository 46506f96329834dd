import type { ApplyOptions } from '#events/commands/rollouts.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob } from '#events/records/job.ts';
import type { RevisionSpec, StoredRevision } from '#events/records/revisions.ts';
import type { ChangeClass } from '#events/records/rollout.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { assertSavepointDirectory } from '#shared/clusters/commands/assertions.ts';
import { renderConfig } from '#shared/clusters/commands/deploy/render.ts';
import {
  type Change,
  classifyChanges,
  type ComparedSpec,
  findProgramParallelism,
  listChanges,
  withoutState,
} from '#shared/clusters/model/changes.ts';
import { changeInPlace } from '#shared/clusters/model/in-place.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { computeDigest } from '#shared/clusters/model/revision.ts';
import { isChanging } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';

interface Place {
  /** Undefined: the ID never had one. */
  readonly cluster: Cluster | undefined;
  readonly target: NamedTarget;
}

/** What an apply changes, and how. The plan of an apply and the apply itself have the same one. */
export interface Comparison {
  readonly current: StoredRevision;
  readonly before: RevisionSpec;
  readonly after: RevisionSpec;
  readonly changes: readonly Change[];
  readonly class: ChangeClass;
  /** Whether an apply does nothing, because the cluster runs the spec. */
  readonly unchanged: boolean;
  /** Of class `rescale`: the job that runs, and its parallelism after the change. */
  readonly rescale?: { readonly jobId: string; readonly parallelism: number };
}

/**
 * Compares a spec with the current revision of a live cluster. Undefined when no live cluster has the ID, or when the spec of
 * its revision is not stored.
 */
export const compareWithRevision = async (
  after: RevisionSpec,
  { cluster, target }: Place,
  ports: Pick<Ports, 'store' | 'revisionSpecs'>,
): Promise<Comparison | undefined> => {
  if (cluster?.revision === undefined || isTerminalCluster(cluster)) return undefined;
  const current = (await ports.store.revision(cluster, cluster.revision))?.value;
  const before = current && (await readRevisionSpec(current.operationId, ports));
  if (current === undefined || before === undefined) return undefined;
  const [old, planned] = compareConfigs(before, after, { clusterId: cluster.clusterId, target });
  const changes = listChanges(old, planned);
  const isSettled = cluster.state === 'RUNNING' && !isChanging(cluster);
  const compared = {
    current,
    before,
    after,
    changes,
    unchanged: isSettled && current.digest === computeDigest(after),
  };
  // Without an incarnation, any apply starts one.
  const changeClass = hasIncarnation(cluster) ? classifyChanges(changes, old, planned) : 'restart';
  if (changeClass !== 'rescale') return { ...compared, class: changeClass };
  const rescale = await findRescale(cluster, planned, ports);
  return rescale === undefined ? { ...compared, class: 'restart' } : { ...compared, class: changeClass, rescale };
};

/** Whether an apply leaves what runs as it is, or changes it in place. */
export const restartsNothing = (
  { unchanged, class: changeClass }: Pick<Comparison, 'unchanged' | 'class'>,
  cluster: Cluster | undefined,
  { restart }: Pick<ApplyOptions, 'restart'>,
): boolean =>
  cluster !== undefined && hasIncarnation(cluster) && (unchanged || (changeClass !== 'restart' && !restart));

/** @throws Fault for what the cluster cannot have while it runs on. After a restart it may be possible. */
export const assertPossibleInPlace = (
  { before, after, class: changeClass }: Comparison,
  { cluster, target }: Place,
  { now }: Pick<Ports, 'now'>,
): void => {
  if (cluster === undefined || changeClass === 'restart') return;
  changeInPlace(cluster, { before, after, target, now: now() });
  if (after.snapshots !== undefined)
    assertSavepointDirectory(cluster, { directory: after.snapshots.directory, pointer: '/snapshots/directory' });
};

/** The parallelism of the one job that an application runs. Undefined for none, and for several ones. */
const findRescale = async (
  cluster: Cluster,
  planned: ComparedSpec,
  { store }: Pick<Ports, 'store'>,
): Promise<Comparison['rescale']> => {
  const jobs = selectIncarnationJobs(cluster, await store.jobs(cluster)).filter((job) => !isTerminalJob(job));
  const [job] = jobs;
  const parallelism = findProgramParallelism(planned);
  return job === undefined || jobs.length > 1 || parallelism === undefined
    ? undefined
    : { jobId: job.jobId, parallelism };
};

/** Both specs with their whole configurations; with their own options, when the target no longer accepts the old one. */
const compareConfigs = (
  before: RevisionSpec,
  after: RevisionSpec,
  { clusterId, target }: { readonly clusterId: string; readonly target: NamedTarget },
): readonly [ComparedSpec, ComparedSpec] => {
  const [old, planned] = [before, after].map((one) => renderConfig(withoutState(one), clusterId, target));
  return old === undefined || planned === undefined
    ? [
        { spec: before, config: toOwnConfig(before) },
        { spec: after, config: toOwnConfig(after) },
      ]
    : [
        { spec: before, config: old },
        { spec: after, config: planned },
      ];
};

const toOwnConfig = (spec: RevisionSpec): ComparedSpec['config'] =>
  Object.fromEntries(
    Object.entries(withoutState(spec).config).map(([key, value]) => [key, { value, from: 'command' as const }]),
  );
