import { isDeepStrictEqual } from 'node:util';

import { isRecord } from '#events/is-record.ts';
import { Fault } from '#events/problems/problem.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { ChangeClass } from '#events/records/rollout.ts';
import type { ConfigSource } from '#shared/flink/cluster-config.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';
import { withoutRestore } from '#shared/flink/option-names/restore.ts';
import { toJobConfig } from '#shared/flink/program/job-config.ts';
import { computeParallelism } from '#shared/flink/program/parallelism.ts';

/** A spec, and the whole configuration that it has on its target. */
export interface ComparedSpec {
  readonly spec: RevisionSpec;
  readonly config: ClusterManifests['config'];
}

/** A member of the spec, or an option of the whole configuration, that differs. */
export interface Change {
  /** `['job', 'parallelism']`, or `['config', KEY]` for an option. */
  readonly path: readonly string[];
  /** Undefined: the old spec does not have it. */
  readonly old?: unknown;
  /** Undefined: the new spec does not have it. */
  readonly new?: unknown;
  /** Where the new value comes from; of a removed one, where the old value came from. */
  readonly from: ConfigSource;
}

/** A spec without what does not count as a change: its cluster ID, and the state that it starts from. */
export const withoutState = ({ clusterId: _clusterId, restore: _restore, job, config, ...others }: RevisionSpec) => {
  const rest = { ...others, config: withoutRestore(config) };
  if (job === undefined) return rest;
  const { restore: _ofJob, ...program } = job;
  return { ...rest, job: program };
};

/**
 * What differs between two specs: members of the specs first, then options of the whole configuration under their current
 * keys. An option that follows from a member, such as `parallelism.default` from `job.parallelism`, is left out, because the
 * member says the same. The state to start from is no change: it belongs to the start and not to what runs.
 *
 * An option whose value now comes from the target, or no longer does, counts as a change with the same value: the cluster
 * runs with what the target set when it started, which may have been another value.
 */
export const listChanges = (before: ComparedSpec, after: ComparedSpec): readonly Change[] => {
  const [{ config: _old, ...oldSpec }, { config: _new, ...newSpec }] = [
    withoutState(before.spec),
    withoutState(after.spec),
  ];
  return [...compareMembers(oldSpec, newSpec, []), ...compareOptions(before, after)];
};

const compareMembers = (before: unknown, after: unknown, path: readonly string[]): readonly Change[] => {
  if (isDeepStrictEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
      compareMembers(before[name], after[name], [...path, name]),
    );
  if (isListOfObjects(before) && isListOfObjects(after) && before.length === after.length)
    return before.flatMap((item, index) => compareMembers(item, after[index], [...path, String(index)]));
  return [{ path, old: before, new: after, from: 'command' }];
};

/** Containers and volumes, for example. Lists of texts, such as arguments, are compared as a whole. */
const isListOfObjects = (value: unknown): value is readonly object[] => Array.isArray(value) && value.every(isRecord);

const compareOptions = (before: ComparedSpec, after: ComparedSpec): readonly Change[] => {
  const [old, current] = [before.config, after.config];
  const [oldMembers, newMembers] = [toMemberConfig(before.spec), toMemberConfig(after.spec)];
  return [...new Set([...Object.keys(old), ...Object.keys(current)])].toSorted().flatMap((key): readonly Change[] => {
    const [one, other] = [old[key], current[key]];
    const isSameLayer = (one?.from === 'target') === (other?.from === 'target');
    if (isSameLayer && isDeepStrictEqual(one?.value, other?.value)) return [];
    if (followsFrom(oldMembers, key, one) && followsFrom(newMembers, key, other)) return [];
    const from = other?.from ?? one?.from ?? 'drey';
    return [{ path: ['config', key], old: one?.value, new: other?.value, from }];
  });
};

/** The options that follow from members of a spec. */
const toMemberConfig = ({ image, job }: RevisionSpec): Config => ({
  ...(image === undefined ? {} : { 'kubernetes.container.image.ref': image }),
  ...(job === undefined ? {} : toJobConfig(job)),
});

const followsFrom = (members: Config, key: string, option: ComparedSpec['config'][string] | undefined): boolean =>
  option === undefined || isDeepStrictEqual(members[key], option.value);

/** The members that only the record of the cluster has, and nothing that runs. */
const recordMembers: ReadonlySet<string | undefined> = new Set(['labels', 'lifetime', 'snapshots', 'onFailure']);

/** The changes that Flink's adaptive scheduler makes while the job runs. */
const rescaleChanges: ReadonlySet<string> = new Set(['job.parallelism', 'config.parallelism.default']);

/** The capacity of a cluster counts for the team that it was admitted for. */
const teamLabel = 'labels.team';

/**
 * The least that all changes need. `none`: only the record changes. `rescale`: the adaptive scheduler can change the
 * parallelism of a running application. `restart`: the next incarnation has them. The number of slots of a TaskManager
 * needs a restart, because a JobManager reads it once.
 */
export const classifyChanges = (changes: readonly Change[], before: ComparedSpec, after: ComparedSpec): ChangeClass => {
  const running = changes.filter(({ path }) => !recordMembers.has(path[0]) || path.join('.') === teamLabel);
  if (running.length === 0) return 'none';
  const canRescale =
    after.spec.mode === 'application' &&
    isAdaptive(before.config) &&
    isAdaptive(after.config) &&
    findProgramParallelism(after) !== undefined;
  return canRescale && running.every(({ path }) => rescaleChanges.has(path.join('.'))) ? 'rescale' : 'restart';
};

/**
 * The parallelism that the program of an application starts with. Undefined when other options, or its script, set one as
 * well: an equal parallelism of all its vertices would be another one than after a start.
 */
export const findProgramParallelism = ({ spec: { job }, config }: ComparedSpec): number | undefined => {
  const values = Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]));
  const given = Number(toText(values['parallelism.default'] ?? 1));
  const sql = job !== undefined && 'sql' in job ? job.sql : undefined;
  try {
    return given >= 1 && computeParallelism(values, { sql, pointer: '/job/sql' }) === given ? given : undefined;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
};

const isAdaptive = (config: ComparedSpec['config']): boolean =>
  toText(config['jobmanager.scheduler']?.value ?? '')
    .trim()
    .toLowerCase() === 'adaptive';
