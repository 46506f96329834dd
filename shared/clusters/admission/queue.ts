import pMap from 'p-map';

import type { Cluster } from '#events/cluster.ts';
import type { NamedTarget } from '#events/target.ts';
import type { OperationState } from '#events/operation.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { OperationId } from '#events/names.ts';

import {
  type PendingReason,
  type QueuedCommand,
  isLimited,
  type QueueSummary,
  assertFitsTarget,
  decideAdmissions,
} from '#shared/clusters/model/admission.ts';
import { startLifetime, clearIdle } from '#shared/clusters/model/lifetime.ts';
import type { Change, CommandRef } from '#shared/clusters/model/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit, isConflict, retryOnConflict, transact, withPayload } from '#shared/clusters/store/transact.ts';
import { advanceOperation } from '#shared/clusters/model/operation.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';

/** How long a command waits that names no deadline. */
const waitMs = 24 * 3_600_000;
/** What waits is kept for fourteen days. */
const maxWaitMs = 13 * 24 * 3_600_000;
/** How long an operation has from its start on. */
export const startTimeoutMs = { deploy: 10 * 60_000, submit: 30 * 60_000 } as const;
const atOnce = 16;

interface Asked {
  readonly priority: number;
  readonly deadline?: string | undefined;
  /** When what it starts would end: there is no use in starting it then. */
  readonly until?: string | undefined;
  readonly dependsOn: readonly string[];
}

/** The claim of a command that has just come. @throws Fault `malformed-request` for a deadline that is too far ahead */
export const newQueuedCommand = (
  fields: Omit<QueuedCommand, keyof Asked | 'since'>,
  { priority, deadline, until, dependsOn }: Asked,
  now: Date,
): QueuedCommand => {
  const asked = deadline === undefined ? now.getTime() + waitMs : Date.parse(deadline);
  // What shall have ended by then need not begin behind it.
  const latest = new Date(Math.min(asked, until === undefined ? Infinity : Date.parse(until)));
  if (latest.getTime() - now.getTime() > maxWaitMs) {
    const detail = 'it is more than 13 days ahead';
    throw new Fault('malformed-request', `/deadline: ${detail}`, { errors: [{ pointer: '/deadline', detail }] });
  }
  return { ...fields, priority, dependsOn, since: now.toISOString(), deadline: latest.toISOString() };
};

/**
 * Records a command: started if its turn has come, else in the line of its target.
 *
 * @param changeOf What to record. It may be called twice.
 * @param draft What is needed of it when its turn comes, and not written down otherwise.
 * @returns What it waits for; undefined when it is started.
 * @throws Fault `over-limit` when it will never fit, `limit-reached` when the line is full, `not-started` when it came
 *   too late.
 */
export const startOrEnqueue = async (
  claim: QueuedCommand,
  target: NamedTarget,
  changeOf: (pendingReason: PendingReason | undefined) => Change,
  ports: Ports,
  payload?: Readonly<Record<string, unknown>>,
): Promise<PendingReason | undefined> => {
  assertFitsTarget(claim, target);
  const [queueState, awaited] = await Promise.all([
    ports.store.queueSummary(target.name),
    findPendingReasonAtEntry(claim, target, ports),
  ]);
  const pendingReason = pendingReasonOf(claim, queueState, awaited, { target, now: ports.now() });
  if (
    pendingReason === undefined &&
    (await isStarted(claim, target, queueState.queueVersion, changeOf(undefined), ports))
  )
    return undefined;
  if (queueState.queued >= target.maxQueued) {
    throw new Fault('limit-reached', `${queueState.queued} commands wait for target ${target.name} already`, {
      reason: 'LineFull',
      retryAfterSeconds: 30,
    });
  }
  const waits = pendingReason ?? { reason: 'WaitingForTurn', message: 'others come at the same time' };
  const write = () => commit({ ...changeOf(waits), queued: { value: claim, previous: undefined } }, ports);
  await (payload === undefined ? write() : withPayload(claim.operationId, payload, write, ports));
  await assertTargetExists(claim, ports);
  await ports.store.count(target.name, { by: 1 });
  // A place may have become free before it stood in line, or what it waits for may have ended.
  const still = pendingReasonOf(claim, await ports.store.queueSummary(target.name), awaited, {
    target,
    now: ports.now(),
  });
  if (still?.reason !== 'WaitingForQuota' && still?.reason !== 'Paused') await ports.admissionQueue.ask(target.name);
  return waits;
};

/**
 * Whoever removes a target at the same time sees what waits for it, or is seen here.
 *
 * @throws Fault `not-found`; the command has failed then.
 */
const assertTargetExists = async (claim: QueuedCommand, ports: Ports): Promise<void> => {
  try {
    await ports.targets.current(claim.target);
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found')
      await endQueued(claim, { state: 'FAILED', fault: error }, ports);
    throw error;
  }
};

/** What depends on one that has failed already is recorded all the same, and fails in the line: others may depend on it. */
const findPendingReasonAtEntry = async (
  claim: QueuedCommand,
  target: NamedTarget,
  ports: Ports,
): Promise<PendingReason | undefined> => {
  try {
    return await findPendingReason(claim, target, ports);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'dependency-failed') throw error;
    return { reason: 'WaitingForDependency', message: error.message };
  }
};

/** Where others wait, whose turn it is among them is decided for all at once. */
const pendingReasonOf = (
  claim: QueuedCommand,
  { admitted, paused, queued }: QueueSummary,
  awaited: PendingReason | undefined,
  { target, now }: { readonly target: NamedTarget; readonly now: Date },
): PendingReason | undefined => {
  const pendingReasons = new Map(awaited === undefined ? [] : [[claim.operationId, awaited]]);
  const [turn] = decideAdmissions([claim], admitted, { target, paused: paused !== undefined, pendingReasons, now });
  return (
    turn?.pendingReason ?? (queued === 0 ? undefined : { reason: 'WaitingForTurn', message: `${queued} before it` })
  );
};

/** Not if somebody else was let in meanwhile: the line decides then. */
const isStarted = async (
  claim: QueuedCommand,
  target: NamedTarget,
  queueVersion: number | undefined,
  change: Change,
  ports: Ports,
): Promise<boolean> => {
  const approximateSize = isLimited(target)
    ? { queueVersion: { target: target.name, paused: undefined, previous: queueVersion } }
    : {};
  try {
    await commit({ ...change, ...approximateSize, admitted: [claim], released: releasedByReplacement(claim) }, ports);
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
    return false;
  }
};

/**
 * Starts whoever's turn has come in the line of a target, and ends those who wait in vain.
 *
 * @throws Fault `changed-meanwhile` when others were always faster.
 */
export const admit = async (name: string, ports: Ports): Promise<void> => {
  const target = await ports.targets.get(name);
  await retryOnConflict(ports, async () => {
    const queueState = await ports.store.queue(name);
    if (queueState.approximateSize !== queueState.queued.length)
      await ports.store.count(name, { to: queueState.queued.length });
    if (queueState.queued.length === 0) return;
    const { pendingReasons, failed } = await evaluatePending(
      queueState.queued.map(({ value }) => value),
      target,
      ports,
    );
    const hopeful = queueState.queued.map(({ value }) => value).filter((claim) => !failed.has(claim));
    const now = ports.now();
    const decisions = decideAdmissions(hopeful, queueState.admitted, {
      target,
      paused: queueState.paused !== undefined,
      pendingReasons,
      now,
    });
    let queueVersion = queueState.queueVersion;
    for (const { claim, pendingReason } of decisions) {
      if (pendingReason === undefined && (await start(claim, queueVersion, ports)))
        queueVersion = (queueVersion ?? 0) + 1;
    }
    for (const { claim, reserves } of decisions) {
      const previous = queueState.queued.find(({ value }) => value === claim)?.version;
      if (reserves && claim.reservesSince === undefined)
        await commit({ queued: { value: { ...claim, reservesSince: now.toISOString() }, previous } }, ports);
    }
    // Behind those that start, as they may be many.
    await pMap(failed, ([claim, fault]) => endQueued(claim, { state: 'FAILED', fault }, ports), {
      concurrency: atOnce,
    });
  });
};

const releasedByReplacement = ({ target, replaces }: QueuedCommand): readonly CommandRef[] =>
  replaces === undefined ? [] : [{ target, operationId: replaces }];

/** What each waits for besides room, and who waits in vain. */
export const evaluatePending = async (queuedCommands: readonly QueuedCommand[], target: NamedTarget, ports: Ports) => {
  const pendingReasons = new Map<string, PendingReason>();
  const failed = new Map<QueuedCommand, Fault>();
  await pMap(
    queuedCommands,
    async (claim) => {
      try {
        assertFitsTarget(claim, target);
        const pendingReason = await findPendingReason(claim, target, ports);
        if (pendingReason !== undefined) pendingReasons.set(claim.operationId, pendingReason);
      } catch (error) {
        // That the store could not be asked says nothing of the claim.
        if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
        failed.set(claim, error);
      }
    },
    { concurrency: atOnce },
  );
  return { pendingReasons, failed };
};

/** @returns Whether it is started: it may have ended meanwhile. */
const start = async (claim: QueuedCommand, queueVersion: number | undefined, ports: Ports): Promise<boolean> => {
  const operation = await getOperation(claim.operationId, ports.store);
  if (operation.value.state !== 'QUEUED') {
    await commit({ dequeued: [claim] }, ports);
    return false;
  }
  const now = ports.now();
  const started = advanceOperation(operation, { state: 'PENDING' }, now);
  const deadline = new Date(now.getTime() + startTimeoutMs[claim.kind]).toISOString();
  await commit(
    {
      ...(claim.kind === 'deploy'
        ? await transitionQueuedCluster('REQUESTED', operation.value, {}, ports)
        : clearIdle(await getCluster(claim, ports.store))),
      operations: [{ ...started, value: { ...started.value, startedAt: now.toISOString(), deadline } }],
      queueVersion: { target: claim.target, paused: undefined, previous: queueVersion },
      admitted: [claim],
      released: releasedByReplacement(claim),
      dequeued: [claim],
    },
    ports,
  );
  await resumeAdmitted(started.value, ports);
  ports.log.info('command admitted', {
    operationId: claim.operationId,
    command: claim.kind,
    target: claim.target,
    clusterId: claim.clusterId,
  });
  return true;
};

/** Hands an admitted operation to those who carry it out. */
export const resumeAdmitted = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  if (operation.kind === 'submit') await ports.workflows.start('submission', operation.operationId);
  else await ports.commandQueue.resumeOperation(operation);
};

const transitionQueuedCluster = async (
  state: 'REQUESTED' | 'FAILED' | 'CANCELED',
  operation: StoredOperation,
  cause: { readonly reason?: string; readonly message?: string },
  { store, targets, now }: Ports,
): Promise<Pick<Change, 'cluster' | 'transitions'>> => {
  const { value: cluster, version } = await getCluster(operation, store);
  if (cluster.operationId !== operation.operationId || cluster.state !== 'QUEUED') return {};
  const at = now();
  const next = transitionCluster(cluster, state, { at, operationId: operation.operationId, ...cause });
  const lifetime = startLifetime(cluster.lifetime, at, await targets.get(operation.target));
  const value = state === 'REQUESTED' && lifetime !== undefined ? { ...next.cluster, lifetime } : next.cluster;
  return { cluster: { value, previous: version }, transitions: next.transitions };
};

/**
 * Ends a command that waits: nothing of it was created.
 *
 * @returns Whether it did: it may have been started or ended meanwhile.
 */
export const endQueued = async (
  { operationId }: Pick<QueuedCommand, 'operationId'>,
  { state, fault }: { readonly state: Extract<OperationState, 'FAILED' | 'CANCELED'>; readonly fault: Fault },
  ports: Ports,
): Promise<boolean> => {
  const ended = await transact(ports, async () => {
    const operation = await getOperation(operationId, ports.store);
    if (operation.value.state !== 'QUEUED') return { result: false };
    const problem = toProblem(fault, `/v1/operations/${operationId}`);
    const cause = { reason: fault.reason ?? fault.code, message: fault.message };
    return {
      change: {
        ...(operation.value.kind === 'deploy'
          ? await transitionQueuedCluster(state, operation.value, cause, ports)
          : {}),
        operations: [advanceOperation(operation, { state, problem }, ports.now())],
      },
      result: true,
    };
  });
  if (ended) await ports.payloads.remove(operationId);
  return ended;
};

/**
 * What a claim waits for besides room.
 *
 * @throws Fault when that will never come.
 */
export const findPendingReason = async (
  claim: QueuedCommand,
  target: NamedTarget,
  ports: Ports,
): Promise<PendingReason | undefined> => {
  if (claim.deadline < ports.now().toISOString()) throw startDeadlineMissed(claim.deadline);
  const open = await openDependencies(claim, ports.store);
  if (open.length > 0) return { reason: 'WaitingForDependency', message: `${open.join(', ')} not FINISHED yet` };
  if (claim.kind === 'deploy') return undefined;
  const cluster = await ports.store.cluster({ target: target.name, clusterId: claim.clusterId });
  return cluster === undefined ? undefined : findSessionReason(cluster.value);
};

export const startDeadlineMissed = (deadline: string) =>
  new Fault('not-started', `it was not started by ${deadline}`, { reason: 'DeadlineExceeded' });

const comingUp: ReadonlySet<Cluster['state']> = new Set(['QUEUED', 'REQUESTED', 'DEPLOYING']);

/** @throws Fault `wrong-state` */
const findSessionReason = ({ clusterId, target, state }: Cluster): PendingReason | undefined => {
  if (state === 'RUNNING') return undefined;
  if (comingUp.has(state)) return { reason: 'WaitingForCluster', message: `${clusterId} is ${state}` };
  throw new Fault('wrong-state', `cluster ${clusterId} in target ${target} is ${state}`);
};

/** @throws Fault `dependency-failed` */
const openDependencies = async (
  { target, dependsOn }: Pick<QueuedCommand, 'target' | 'dependsOn'>,
  store: Store,
): Promise<readonly string[]> => {
  const verdicts = await Promise.all(
    dependsOn.map(async (name) => ({ name, verdict: await applicationVerdict(name, target, store) })),
  );
  const lost = verdicts.filter(({ verdict }) => verdict !== undefined && verdict !== 'FINISHED');
  if (lost.length > 0) {
    const causes = lost.map(({ name, verdict }) => `${name} is ${verdict}`).join(', ');
    throw new Fault('dependency-failed', `it depends on commands that did not finish: ${causes}`, {
      reason: 'DependencyFailed',
    });
  }
  return verdicts.filter(({ verdict }) => verdict === undefined).map(({ name }) => name);
};

/** By its key or its id. A command that has not come yet has no verdict either, unless it came and was refused. */
const applicationVerdict = async (name: string, target: string, store: Store): Promise<string | undefined> => {
  const known = await store.idempotency(target, name);
  const operationId = known?.operationId ?? (OperationId.safeParse(name).success ? name : undefined);
  if (operationId !== undefined) return (await store.verdict(operationId))?.verdict;
  const refusal = await store.refusal(target, name);
  return refusal === undefined ? undefined : `refused (${refusal.code})`;
};
