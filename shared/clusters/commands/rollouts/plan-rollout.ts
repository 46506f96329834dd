import { type CommandData, commands } from '#events/commands/index.ts';
import type { RolloutOptions } from '#events/commands/rollouts.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Revision, RevisionSpec } from '#events/records/revisions.ts';
import type { RolloutKind, RolloutProgress } from '#events/records/rollout.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { assertSavepointDirectory } from '#shared/clusters/commands/assertions.ts';
import { findProgramRestore, validateDeploy } from '#shared/clusters/commands/deploy/render.ts';
import { withRolloutRestore } from '#shared/clusters/commands/deploy/rollout-restore.ts';
import { newStoppingFault } from '#shared/clusters/model/cluster-states.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { RolloutRequest } from '#shared/clusters/model/records/request.ts';
import { selectCurrentLine } from '#shared/clusters/model/revision.ts';
import { endsIncarnation, findLastStateRefusal } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';
import { resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { listKeptRevisions, readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import { assertChanged, assertPlan } from './assert-apply.ts';
import { assertPossibleInPlace, type Comparison, compareWithRevision } from './compare.ts';
import { listStartWarnings } from './empty-start.ts';
import type { RolloutIntent } from './intent.ts';
import { planReturn } from './rollback-target.ts';

/** A valid rollout. */
export interface PlannedRollout {
  readonly request: RolloutRequest;
  /** What an apply changes in the running cluster, if it restarts nothing. */
  readonly inPlace: Comparison | undefined;
  /** What the caller should know of the state. */
  readonly warnings: readonly string[];
  /** Of a rollback: the cluster runs its spec, and the rollout whose place it takes has not changed that yet. */
  readonly isCurrent: boolean;
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
 * @throws UnchangedCluster when the cluster runs the spec of an apply or a rollback already.
 */
export const planRollout = async (
  intent: RolloutIntent,
  { target, records, operationId }: PlanOptions,
  ports: Ports,
): Promise<PlannedRollout> => {
  const { kind, spec: given, options, priority, deadline } = intent;
  const cluster = records?.cluster.value;
  assertRevision(intent, cluster);
  assertState(intent, cluster);
  const compared = given && (await compareWithRevision(given, { cluster, target }, ports));
  if (given !== undefined) {
    assertPlan(intent, { spec: given, cluster, target, compared });
    await assertChanged(given, cluster, ports);
  }
  const inPlace = given === undefined || intent.restart === true ? undefined : findInPlace(cluster, compared);
  if (inPlace !== undefined) assertPossibleInPlace(inPlace, { cluster, target }, ports);
  const from = cluster === undefined || isTerminalCluster(cluster) ? undefined : toSource(cluster);
  const readsKept = inPlace === undefined && cluster !== undefined && readsRevisions(kind, cluster);
  const kept = readsKept ? await listKeptRevisions(cluster, ports) : [];
  const back = await planReturn(intent, { cluster, kept }, ports);
  const isRestarted = inPlace === undefined && back?.isCurrent !== true;
  if (records !== undefined && endsIncarnation(from) && isRestarted) assertSnapshotPossible(records, intent);
  const source = await findSource(intent, { cluster, earlier: back?.revision }, ports);
  const spec = given ?? source?.spec;
  if (spec !== undefined) await assertDeployable(spec, { intent, target, from, ports });
  const stable = cluster?.state === 'RUNNING' ? findStable(selectCurrentLine(cluster, kept)) : undefined;
  return {
    request: {
      kind,
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
    inPlace,
    warnings: await listStartWarnings(given, { cluster, target }, ports),
    isCurrent: back?.isCurrent === true,
  };
};

/** @throws Fault `revision-mismatch` */
const assertRevision = ({ ifRevision, clusterId }: RolloutIntent, cluster: Cluster | undefined): void => {
  if (ifRevision === undefined || ifRevision === cluster?.revision) return;
  const current = cluster?.revision === undefined ? 'has no revision' : `is at revision ${cluster.revision}`;
  throw new Fault('revision-mismatch', `Cluster ${clusterId} ${current}, not at ${ifRevision}.`);
};

/** The change of a cluster that runs, unless it needs a restart. */
const findInPlace = (cluster: Cluster | undefined, compared: Comparison | undefined): Comparison | undefined =>
  cluster?.state === 'RUNNING' && compared?.class !== 'restart' ? compared : undefined;

const newStateFault = (kind: RolloutKind, { clusterId, target, state }: Cluster, way: string) =>
  new Fault('wrong-state', `Cluster ${clusterId} in target ${target} is ${state}: ${kind} is not possible. ${way}`);

/** @throws Fault `not-found`, `not-ready` or `wrong-state` */
const assertState = ({ kind, target, clusterId }: RolloutIntent, cluster: Cluster | undefined): void => {
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
export const assertSnapshotPossible = (
  { cluster: { value: cluster }, jobs }: ClusterRecords,
  { kind, options }: Pick<RolloutIntent, 'kind' | 'options'>,
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
const readsRevisions = (kind: RolloutKind, { state, revision }: Cluster): boolean =>
  kind === 'rollback' || (state === 'RUNNING' && revision !== undefined);

interface Source {
  readonly revision: NonNullable<RolloutRequest['data']['spec']>;
  readonly spec: RevisionSpec;
}

/** The revision whose spec a rollback, restart or resume deploys. @throws Fault `not-found` */
export const findSource = async (
  { kind }: RolloutIntent,
  { cluster, earlier }: { readonly cluster: Cluster | undefined; readonly earlier: Revision | undefined },
  ports: Ports,
): Promise<Source | undefined> => {
  if (cluster === undefined || kind === 'apply' || kind === 'suspend') return undefined;
  const revision =
    earlier === undefined
      ? await findCurrent(cluster, ports)
      : { operationId: earlier.operationId, number: earlier.number };
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

/** The revision to return to when the new one is not stable: the current one, unless a rollout has found it unstable. */
const findStable = (revisions: readonly Revision[]): RolloutRequest['data']['stable'] => {
  const found = revisions.find(({ outcome }) => outcome === 'stable');
  return found === undefined ? undefined : { operationId: found.operationId, number: found.number };
};

interface DeployOptions {
  readonly intent: RolloutIntent;
  readonly target: NamedTarget;
  readonly from: RolloutRequest['data']['from'];
  readonly ports: Ports;
}

/** @throws Fault for every mistake in the spec. */
const assertDeployable = async (spec: RevisionSpec, { intent, target, from, ports }: DeployOptions): Promise<void> => {
  const { clusterId, options, kind } = intent;
  if (from !== undefined) assertModeKept(spec, from, options);
  const data = toDeployData(spec);
  // An apply that drops the state starts from what its spec names, if anything.
  if (from !== undefined && (kind !== 'apply' || options.state !== 'none'))
    return assertRestartable(spec, { clusterId, target, now: ports.now() });
  validateDeploy(data, { operationId: '0'.repeat(32), clusterId }, { target, now: ports.now() });
  await resolveSavepoint(
    findProgramRestore(data),
    { target: target.name, config: data.config, pointer: '/job/restore' },
    ports.store,
  );
};

/** @throws Fault `malformed-request` for a cluster of another mode, which cannot have the state of this one. */
export const assertModeKept = (
  spec: Pick<RevisionSpec, 'mode'>,
  from: Pick<Cluster, 'mode'>,
  { state }: Pick<RolloutOptions, 'state'>,
): void => {
  const mode = spec.mode === 'application' ? 'application' : 'session';
  if (from.mode === mode || state === 'none') return;
  const detail = `The cluster is of mode ${from.mode}, and its state cannot be that of a cluster of mode ${mode}. Set state to none.`;
  throw new Fault('malformed-request', `/mode: ${detail}`, { errors: [{ pointer: '/mode', detail }] });
};

/** @throws Fault for every mistake in a spec that starts from the state of its cluster. */
export const assertRestartable = (
  spec: RevisionSpec,
  { clusterId, ...place }: { readonly clusterId: string; readonly target: NamedTarget; readonly now: Date },
): void => {
  const data = withRolloutRestore(toDeployData(spec), {}, clusterId);
  validateDeploy(data, { operationId: '0'.repeat(32), clusterId }, place);
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

/** The rollout that another one has to wait for: it has begun to change the cluster, or to start it. */
export const findLock = (cluster: Cluster | undefined): RolloutProgress | undefined =>
  cluster?.rollout?.phase === 'Checking' && hasIncarnation(cluster) ? undefined : cluster?.rollout;
