import { toOwnKey } from '#events/idempotency-key.ts';
import { findFinalState, type Job } from '#events/records/job.ts';
import type { RevisionOrigin } from '#events/records/revisions.ts';
import type { RolloutKind } from '#events/records/rollout.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { RolloutRestore, RolloutStep } from '#events/commands/index.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { deploy } from '#shared/clusters/commands/deploy/deploy.ts';
import { toDeployData } from '#shared/clusters/commands/rollouts/plan-rollout.ts';
import { maxPriority } from '#shared/clusters/model/admission/ready-key.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { RolloutRequest } from '#shared/clusters/model/records/request.ts';
import { keepEnd } from '#shared/clusters/model/lifetime.ts';
import { endsIncarnation } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findKeyedOperation, getOperation } from '#shared/clusters/store/read.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import { confirmStable } from './confirm-stable.ts';
import { readRollout, recordRolloutPhase, type RolloutRecords } from './records.ts';
import { findRequestedRollback } from './requested-rollback.ts';
import { problemToFailure, type RolloutState, toFailure, toNext, waitForStart } from './rollout-state.ts';

/** Step of the rollout machine: deploys the new revision with the state of the old incarnation, and waits until it is RUNNING. */
export const startRevision = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records =
    state.deployId === undefined
      ? await enterStarting(state.operationId, ports)
      : await readRollout(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  const next = await followDeploy(state, { records, source: records.request.spec, name: 'deploy' }, ports);
  // Before its objects exist, or while it is queued, the deploy has nothing to end.
  const requested =
    state.deployId !== undefined && next.outcome === 'waiting' && records.request.from !== undefined
      ? await findRequestedRollback(records, ports)
      : undefined;
  if (requested !== undefined) return toNext(next, 'failed', { failure: requested });
  if (next.outcome !== 'done') return next;
  const fields = omitUndefined({ to: records.cluster?.value.revision });
  const verifying = await recordRolloutPhase(state.operationId, 'Verifying', ports, { fields });
  return verifying === undefined ? toNext(state, 'over') : next;
};

/** Begins the start. A SUSPENDED cluster has no end at which its state would be dropped. */
const enterStarting = async (operationId: string, ports: Ports): Promise<RolloutRecords | undefined> => {
  const records = await readRollout(operationId, ports);
  if (records === undefined) return undefined;
  const { from, options } = records.request;
  const fields = from?.suspended === true && options.state === 'none' ? { stateDropped: true as const } : {};
  return recordRolloutPhase(operationId, 'Starting', ports, { fields });
};

/** Step of the rollout machine: deploys the stable revision again, and waits until its tasks run. */
export const startStable = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records = await readRollout(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  const next = await followDeploy(state, { records, source: records.request.stable, name: 'stable' }, ports);
  const cluster = records.cluster?.value;
  if (next.outcome !== 'done') return next;
  return cluster === undefined || cluster.operationId !== state.stableId
    ? toNext(state, 'over')
    : confirmStable(next, cluster, ports);
};

/** Where the state of the machine has each deploy, and why it failed. */
const membersOf = {
  deploy: { id: 'deployId', failure: 'failure' },
  stable: { id: 'stableId', failure: 'rollbackFailure' },
} as const;

/** Gives a deploy, and looks whether its cluster is RUNNING. */
const followDeploy = async (state: RolloutState, deployment: GivenDeploy, ports: Ports): Promise<RolloutState> => {
  const members = membersOf[deployment.name];
  const deployId = state[members.id];
  if (deployId === undefined) {
    const given = await giveDeploy(deployment, ports);
    return given instanceof Fault
      ? toNext(state, 'failed', { [members.failure]: toFailure(given) })
      : toNext(state, 'waiting', { [members.id]: given });
  }
  const { value: started } = await getOperation(deployId, ports.store);
  if (started.state === 'FAILED' || started.state === 'CANCELED')
    return toNext(state, 'failed', {
      [members.failure]: problemToFailure(started.problem, 'The deploy was canceled.'),
    });
  return started.state === 'SUCCEEDED' ? toNext(state, 'done') : waitForStart(started, state);
};

interface GivenDeploy {
  readonly records: RolloutRecords;
  /** The revision whose spec is deployed. */
  readonly source: RolloutRequest['data']['spec'];
  /** Names the deploy among those of the rollout. */
  readonly name: 'deploy' | 'stable';
}

/** Gives a deploy of the rollout. @returns The ID of its operation, or why it is refused. @throws Fault that is retryable. */
const giveDeploy = async ({ records, source, name }: GivenDeploy, ports: Ports): Promise<string | Fault> => {
  const { operation, request, step } = records;
  const { target, clusterId, operationId, principal } = operation.value;
  const key = toOwnKey('rollout', operationId, name);
  // An earlier attempt of the step may have recorded the deploy.
  const known = await findKeyedOperation(target, key, ports.store);
  if (known !== undefined && isPastApply(known)) return known.operationId;
  const spec = source === undefined ? undefined : await readRevisionSpec(source.operationId, ports);
  if (spec === undefined) return new Fault('not-found', 'The spec of the revision is no longer stored.');
  const restore = await findRestore(records, name, ports);
  if (restore instanceof Fault) return restore;
  const madeBy = name === 'stable' ? 'automatic-rollback' : toOrigin(step.kind);
  const rollout = {
    ...step,
    ...omitUndefined({ restore, madeBy, specOf: source?.number }),
    ...toLifetime(request, name),
  };
  const data = { ...toDeployData(spec, toQueueOptions(request)), clusterId };
  const command = { kind: 'deploy', target, clusterId, data, key, origin: 'reconciler', principal, rollout } as const;
  try {
    return (await accept(deploy, command, ports)).operation.operationId;
  } catch (error) {
    const fault = toFinalFault(error);
    return (await findKeyedOperation(target, key, ports.store))?.operationId ?? fault;
  }
};

/** A suspend deploys nothing. */
const toOrigin = (kind: RolloutKind): RevisionOrigin | undefined => (kind === 'suspend' ? undefined : kind);

/** A deploy in place of an incarnation that has ended comes first in the admission queue, because nothing of its cluster runs. */
const toQueueOptions = ({ from, priority, deadline }: RolloutRequest['data']) =>
  endsIncarnation(from) ? { priority: maxPriority } : { priority, deadline };

/** The lifetime of the spec, unless the stable revision keeps that of the cluster. */
const toLifetime = (
  { from }: RolloutRequest['data'],
  name: GivenDeploy['name'],
): Pick<RolloutStep, 'startsLate' | 'lifetime'> => {
  if (!endsIncarnation(from)) return {};
  const kept = name === 'stable' ? from?.lifetime : undefined;
  return { startsLate: true, ...(kept === undefined ? {} : { lifetime: keepEnd(kept) }) };
};

/** Whether the deploy needs no further attempt to create its objects. */
const isPastApply = ({ state }: StoredOperation): boolean => state !== 'PENDING';

/**
 * The state that an incarnation starts from. A cluster is SUSPENDED without a snapshot only if it had no state, or if `none` was
 * asked for. Undefined: the spec itself says it, because the ID had no incarnation with state.
 *
 * @returns `rollout-failed` rather than an empty start that nobody asked for.
 */
const findRestore = async (
  { operation, request: { from, options, spec } }: RolloutRecords,
  name: GivenDeploy['name'],
  { store }: Ports,
): Promise<RolloutRestore | undefined | Fault> => {
  if (from === undefined) return undefined;
  const isApplied = name === 'deploy' && spec?.operationId === operation.value.operationId;
  const mayBeEmpty = options.state === 'none' || options.fallback === 'none';
  // The stable revision can read all of the state, which was written by it.
  const use = options.allowNonRestoredState && name === 'deploy' ? { allowNonRestoredState: true } : {};
  const jobs = (await store.jobs(operation.value))
    .map(({ value }) => value)
    .filter(({ clusterOperationId }) => clusterOperationId === from.operationId);
  // The rollback keeps the state that the new revision was to start without.
  const dropsState = options.state === 'none' && name === 'deploy';
  if (from.mode === 'session') {
    const hasStopped = jobs.some(wasStopped) && !dropsState;
    return {
      ...use,
      ...(hasStopped ? { fromOperationId: from.operationId } : {}),
      ...(mayBeEmpty || from.suspended === true ? { allowEmptyState: true } : {}),
    };
  }
  // With `none`, an apply may name its own state.
  if (dropsState) return isApplied ? undefined : {};
  const path = from.snapshot?.path ?? operation.rollout.snapshot?.path;
  if (path !== undefined) return { ...use, path };
  if (mayBeEmpty || from.suspended === true || jobs.length === 0) return {};
  return new Fault(
    'rollout-failed',
    'The old incarnation ended without a snapshot of its state. Nothing is started without it.',
    {
      reason: 'NoSnapshot',
    },
  );
};

const wasStopped = (job: Job): boolean =>
  job.stoppedWithCluster === true && (findFinalState(job) !== undefined || job.state === 'CANCELED');
