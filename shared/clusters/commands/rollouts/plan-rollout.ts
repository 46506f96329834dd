import { type Command, type CommandData, commands } from '#events/commands/index.ts';
import { defaultRolloutOptions, type RolloutOptions } from '#events/commands/rollouts.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Revision, RevisionSpec } from '#events/records/revisions.ts';
import type { RolloutKind } from '#events/records/rollout.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { assertSavepointDirectory } from '#shared/clusters/commands/assertions.ts';
import { findProgramRestore, validateDeploy } from '#shared/clusters/commands/deploy/render.ts';
import { withRolloutRestore } from '#shared/clusters/commands/deploy/rollout-restore.ts';
import { newStoppingFault } from '#shared/clusters/model/cluster-states.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { RolloutRequest } from '#shared/clusters/model/records/request.ts';
import { findLastStateRefusal } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { listKeptRevisions, readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import { toAppliedSpec } from './applied-spec.ts';
import { assertChanged, assertPlan } from './assert-apply.ts';
import { assertPossibleInPlace, type Comparison, compareWithRevision } from './compare.ts';

export type RolloutCommand<K extends RolloutKind = RolloutKind> = { [P in K]: Command<P> }[K];

/** A valid rollout. */
export interface PlannedRollout {
  readonly request: RolloutRequest;
  /** The spec of an apply, which is stored under the operation of the rollout. */
  readonly applied: RevisionSpec | undefined;
  /** What an apply changes in the running cluster, if it restarts nothing. */
  readonly inPlace: Comparison | undefined;
}

interface PlanOptions {
  readonly target: NamedTarget;
  readonly records: ClusterRecords | undefined;
  readonly operationId: string;
}

/**
 * What a rollout ends, deploys and returns to.
 *
 * @throws Fault for every mistake of the caller, and `not-ready` or `wrong-state` when the cluster is not in a state for it.
 * @throws UnchangedCluster when the cluster runs the spec of an apply already.
 */
export const planRollout = async (
  command: RolloutCommand,
  { target, records, operationId }: PlanOptions,
  ports: Ports,
): Promise<PlannedRollout> => {
  const cluster = records?.cluster.value;
  assertState(command, cluster);
  const given = command.kind === 'apply' ? toAppliedSpec(command) : undefined;
  const compared = given && (await compareWithRevision(given, { cluster, target }, ports));
  if (command.kind === 'apply' && given !== undefined)
    assertPlan(command.data, { spec: given, cluster, target, compared });
  if (given !== undefined) await assertChanged(given, cluster, ports);
  const inPlace =
    command.kind === 'apply' && !command.data.rollout.restart ? findInPlace(cluster, compared) : undefined;
  if (inPlace !== undefined) assertPossibleInPlace(inPlace, { cluster, target }, ports);
  const options = toOptions(command);
  const from = cluster === undefined || isTerminalCluster(cluster) ? undefined : toSource(cluster);
  if (records !== undefined && from !== undefined && from.suspended === undefined && inPlace === undefined)
    assertSnapshotPossible(records, options, command);
  const readsKept = inPlace === undefined && cluster !== undefined && readsRevisions(command, cluster);
  const kept = readsKept ? await listKeptRevisions(cluster, ports) : [];
  const source = await findSource(command, { cluster, kept }, ports);
  const spec = given ?? source?.spec;
  if (spec !== undefined) await assertDeployable(spec, { command, target, from, options, ports });
  const { priority, deadline } = command.kind === 'apply' ? command.data : {};
  const stable = cluster?.state === 'RUNNING' ? findStable(kept) : undefined;
  return {
    request: {
      kind: command.kind,
      data: {
        options,
        ...omitUndefined({
          from,
          spec: given === undefined ? source?.revision : { operationId },
          stable,
          priority,
          deadline,
          rescale: inPlace?.rescale,
        }),
      },
    },
    applied: given,
    inPlace,
  };
};

/** The change of a cluster that runs, unless it needs a restart. */
const findInPlace = (cluster: Cluster | undefined, compared: Comparison | undefined): Comparison | undefined =>
  cluster?.state === 'RUNNING' && compared?.class !== 'restart' ? compared : undefined;

const toOptions = (command: RolloutCommand): RolloutOptions => {
  if (command.kind === 'apply') {
    const { restart: _restart, ...options } = command.data.rollout;
    return options;
  }
  // The schema of each command takes these members from that of the options.
  const given: Partial<RolloutOptions> = Object.fromEntries(
    Object.entries(command.data).filter(([name]) => name in defaultRolloutOptions || optional.has(name)),
  );
  return { ...defaultRolloutOptions, ...given };
};

const optional: ReadonlySet<string> = new Set(['fallback', 'savepointDirectory'] satisfies (keyof RolloutOptions)[]);

const newStateFault = (kind: RolloutKind, { clusterId, target, state }: Cluster, way: string) =>
  new Fault('wrong-state', `Cluster ${clusterId} in target ${target} is ${state}: ${kind} is not possible. ${way}`);

/** @throws Fault `not-found`, `not-ready` or `wrong-state` */
const assertState = ({ kind, target, clusterId }: RolloutCommand, cluster: Cluster | undefined): void => {
  if (cluster === undefined) {
    if (kind === 'apply') return;
    throw new Fault('not-found', `Target ${target} has no cluster ${clusterId}.`);
  }
  if (cluster.state === 'STOPPING') throw newStoppingFault(cluster);
  if (isTerminalCluster(cluster)) {
    if (kind === 'apply') return;
    throw newStateFault(kind, cluster, 'Apply a spec to start it.');
  }
  if (cluster.state === 'SUSPENDED') {
    if (kind === 'suspend' || kind === 'restart') throw newStateFault(kind, cluster, 'Resume it to start it.');
    return;
  }
  if (cluster.state !== 'RUNNING')
    throw new Fault(
      'not-ready',
      `Cluster ${cluster.clusterId} in target ${target} is ${cluster.state}. Retry when it is RUNNING.`,
      {
        retryAfterSeconds: 5,
      },
    );
  if (kind === 'resume') throw newStateFault(kind, cluster, 'It runs already.');
};

const toSource = ({
  operationId,
  jobsFrom = operationId,
  mode,
  state,
  snapshot,
}: Cluster): NonNullable<RolloutRequest['data']['from']> => ({
  operationId: jobsFrom,
  mode,
  ...(state === 'SUSPENDED' ? { suspended: true as const } : {}),
  ...omitUndefined({ snapshot }),
});

/**
 * @throws Fault `wrong-state` for an application that cannot be stopped with one snapshot, `malformed-request` for a savepoint
 *   without a directory, and for last checkpoints that Flink deletes.
 */
const assertSnapshotPossible = (
  { cluster: { value: cluster }, jobs }: ClusterRecords,
  options: RolloutOptions,
  { kind }: RolloutCommand,
): void => {
  const { state, fallback, savepointDirectory: directory } = options;
  if (state === 'none') return;
  const at = kind === 'apply' ? '/rollout' : '';
  assertCheckpointsKept(cluster, options, at);
  if (fallback === 'none') return;
  const known = selectIncarnationJobs(cluster, jobs);
  const live = known.filter((job) => !isTerminalJob(job));
  if (live.length > 0 && state === 'savepoint')
    assertSavepointDirectory(cluster, { directory, pointer: `${at}/savepointDirectory` });
  if (cluster.mode === 'session') return;
  if (live.length > 1)
    throw newStateFault(
      kind,
      cluster,
      `It has ${live.length} jobs, and an application starts from one snapshot. Set state to none.`,
    );
  if (live.length === 0 && known.length > 0)
    throw newStateFault(kind, cluster, 'Its program has ended, so that there is no job to take the state of.');
};

/** @throws Fault `malformed-request` when Flink deletes the checkpoints that the rollout would start from. */
const assertCheckpointsKept = (cluster: Cluster, { state, fallback }: RolloutOptions, at: string): void => {
  const member = state === 'last-state' ? 'state' : 'fallback';
  if (state !== 'last-state' && fallback !== 'last-state') return;
  const detail = findLastStateRefusal(cluster);
  if (detail === undefined) return;
  const pointer = `${at}/${member}`;
  throw new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
};

/** Whether the command goes back to an earlier revision, or may have to when the new one is not stable. */
const readsRevisions = ({ kind }: RolloutCommand, { state, revision }: Cluster): boolean =>
  kind === 'rollback' || (state === 'RUNNING' && revision !== undefined);

interface Source {
  readonly revision: NonNullable<RolloutRequest['data']['spec']>;
  readonly spec: RevisionSpec;
}

/** The revision whose spec a rollback, restart or resume deploys. @throws Fault `not-found` */
const findSource = async (
  command: RolloutCommand,
  { cluster, kept }: { readonly cluster: Cluster | undefined; readonly kept: readonly Revision[] },
  ports: Ports,
): Promise<Source | undefined> => {
  if (cluster === undefined || command.kind === 'apply' || command.kind === 'suspend') return undefined;
  const revision =
    command.kind === 'rollback' ? findEarlier(cluster, command.data.to, kept) : await findCurrent(cluster, ports);
  const spec = await readRevisionSpec(revision.operationId, ports);
  if (spec !== undefined) return { revision, spec };
  throw new Fault(
    'not-found',
    `The spec of revision ${revision.number ?? ''} of cluster ${cluster.clusterId} in target ${cluster.target} is not stored. Apply a spec instead.`,
  );
};

/** The newest revision. A change in place has another operation than the deploy of the incarnation. */
const findCurrent = async (cluster: Cluster, { store }: Pick<Ports, 'store'>): Promise<Source['revision']> => {
  const { revision: number, operationId } = cluster;
  const current = number === undefined ? undefined : await store.revision(cluster, number);
  return { operationId: current?.value.operationId ?? operationId, ...omitUndefined({ number }) };
};

/** @throws Fault `not-found` */
const findEarlier = (cluster: Cluster, to: number | undefined, revisions: readonly Revision[]) => {
  const { revision: current = 0, clusterId, target } = cluster;
  const digest = revisions.find(({ number }) => number === current)?.digest;
  const found =
    to === undefined
      ? revisions.find((one) => one.number < current && one.outcome === 'stable' && one.digest !== digest)
      : revisions.find(({ number }) => number === to);
  if (found !== undefined) return { operationId: found.operationId, number: found.number };
  throw new Fault(
    'not-found',
    to === undefined
      ? `Cluster ${clusterId} in target ${target} has no stable revision with another spec before the current one.`
      : `Cluster ${clusterId} in target ${target} has no revision ${to}.`,
  );
};

/** The revision to return to when the new one is not stable: the current one, unless a rollout has found it unstable. */
const findStable = (revisions: readonly Revision[]): RolloutRequest['data']['stable'] => {
  const found = revisions.find(({ outcome }) => outcome === 'stable');
  return found === undefined ? undefined : { operationId: found.operationId, number: found.number };
};

interface DeployOptions {
  readonly command: RolloutCommand;
  readonly target: NamedTarget;
  readonly from: RolloutRequest['data']['from'];
  readonly options: RolloutOptions;
  readonly ports: Ports;
}

/** @throws Fault for every mistake in the spec. */
const assertDeployable = async (
  spec: RevisionSpec,
  { command, target, from, options, ports }: DeployOptions,
): Promise<void> => {
  const { clusterId = '' } = command;
  const mode = spec.mode === 'application' ? 'application' : 'session';
  if (from !== undefined && from.mode !== mode && options.state !== 'none') {
    const detail = `The cluster is of mode ${from.mode}, and its state cannot be that of a cluster of mode ${mode}. Set state to none.`;
    throw new Fault('malformed-request', `/mode: ${detail}`, { errors: [{ pointer: '/mode', detail }] });
  }
  const data = toDeployData(spec);
  const rendered = from === undefined ? data : withRolloutRestore(data, {}, clusterId);
  validateDeploy(rendered, { operationId: '0'.repeat(32), clusterId }, { target, now: ports.now() });
  if (from === undefined)
    await resolveSavepoint(
      findProgramRestore(data),
      { target: target.name, config: data.config, pointer: '/job/restore' },
      ports.store,
    );
};

/** The data of the deploy of a spec. */
export const toDeployData = (
  spec: RevisionSpec,
  { priority, deadline }: Pick<RolloutRequest['data'], 'priority' | 'deadline'> = {},
): CommandData<'deploy'> => ({
  ...spec,
  priority: priority ?? commands.deploy.data.shape.priority.parse(undefined),
  dependsOn: [],
  ...omitUndefined({ deadline }),
});

/** Whether a rollout may begin on the cluster: it has none, or one that has not begun to end the old incarnation. */
export const isLocked = (cluster: Cluster | undefined): boolean =>
  cluster?.rollout !== undefined && (cluster.rollout.phase !== 'Checking' || !hasIncarnation(cluster));
