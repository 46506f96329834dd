import type { Operation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { evaluatePending } from '#shared/clusters/admission/pending.ts';
import { cancelQueuedBatch } from '#shared/clusters/commands/batch/finish.ts';
import { type AdmissionDecision, decideAdmissions } from '#shared/clusters/model/admission.ts';
import { type StoredOperation, toPublic } from '#shared/clusters/model/operation.ts';
import { usageOf } from '#shared/clusters/model/quota.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { commit, retryOnConflict, transact } from '#shared/clusters/store/transact.ts';

/** The line of a target as people see it: who waits, at which place and for what, and how much is taken. */
export const readQueueView = async (name: string, ports: Ports) => {
  const target = await ports.targets.get(name);
  const queueState = await ports.store.queue(name);
  const queuedCommands = queueState.queued.map(({ value }) => value);
  const { pendingReasons } = await evaluatePending(queuedCommands, target, ports);
  const decisions = decideAdmissions(queuedCommands, queueState.admitted, {
    target,
    paused: queueState.paused !== undefined,
    pendingReasons,
    now: ports.now(),
  });
  const { total, teams } = usageOf(queueState.admitted);
  return {
    target: name,
    ...(queueState.paused === undefined ? {} : { paused: queueState.paused }),
    limits: target.limits,
    usage: total,
    teams: [...teams]
      .map(([team, usage]) => ({ team, usage }))
      .toSorted((one, other) => (one.team < other.team ? -1 : 1)),
    queued: decisions.map(toQueuedView),
  };
};

const soon = { reason: 'Starting', message: 'its turn has come' } as const;

const toQueuedView = ({ claim, position, pendingReason }: AdmissionDecision) => {
  const { demand: _demand, target: _target, replaces: _replaces, reservesSince: _reservesSince, ...rest } = claim;
  return { position, ...rest, dependsOn: [...claim.dependsOn], ...(pendingReason ?? soon) };
};

/** How long a line that was read is new enough for those who wait in it: they ask often, and it may be long. */
const shownForMs = 5_000;

interface Shown {
  readonly backlog: ReturnType<typeof readQueueView>;
  readonly until: number;
}
const shownLines = new WeakMap<Store, Map<string, Shown>>();

const shownLine = (target: string, ports: Ports): Shown['backlog'] => {
  const lines = shownLines.get(ports.store) ?? new Map<string, Shown>();
  shownLines.set(ports.store, lines);
  const now = ports.now().getTime();
  const known = lines.get(target);
  if (known !== undefined && known.until > now) return known.backlog;
  const backlog = readQueueView(target, ports);
  lines.set(target, { backlog, until: now + shownForMs });
  // Whoever asked is told; the next one tries again.
  backlog.catch(() => lines.delete(target));
  return backlog;
};

/** An operation with its place in the line, as of some seconds ago, or its verdict. */
export const readOperation = async (operationId: string, ports: Ports): Promise<Operation> => {
  const { value } = await getOperation(operationId, ports.store);
  if (value.state === 'QUEUED') return { ...toPublic(value), ...(await clusterRefOf(value, ports)) };
  const record = await ports.store.verdict(operationId);
  if (record === undefined) return toPublic(value);
  const { verdict, message } = record;
  return { ...toPublic(value), verdict, ...(message === undefined ? {} : { verdictMessage: message }) };
};

const clusterRefOf = async ({ target, operationId }: StoredOperation, ports: Ports) => {
  const { queued } = await shownLine(target, ports);
  const found = queued.find((one) => one.operationId === operationId);
  return found === undefined
    ? {}
    : {
        position: found.position,
        phase: `${found.reason}: ${found.message} (place ${found.position} of ${queued.length})`,
      };
};

/** Pauses the starts on a target, or takes them up again. What runs goes on. */
export const setPaused = async (name: string, paused: boolean, ports: Ports): Promise<void> => {
  await ports.targets.get(name);
  await retryOnConflict(ports, async () => {
    const { queueVersion, paused: since } = await ports.store.queueSummary(name);
    if ((since !== undefined) === paused) return;
    const next = paused ? { since: ports.now().toISOString() } : undefined;
    await commit({ queueVersion: { target: name, paused: next, previous: queueVersion } }, ports);
  });
  if (!paused) await ports.admissionQueue.send(name);
};

/** @throws Fault `wrong-state` when it does not wait any more. */
export const prioritise = async (
  target: string,
  operationId: string,
  priority: number,
  ports: Ports,
): Promise<void> => {
  await transact(ports, async () => {
    const found = (await ports.store.queue(target)).queued.find(({ value }) => value.operationId === operationId);
    if (found === undefined) throw await notWaiting(target, operationId, ports);
    const queued = { value: { ...found.value, priority }, previous: found.version };
    return { change: { queued }, result: undefined };
  });
  shownLines.get(ports.store)?.delete(target);
  await ports.admissionQueue.send(target);
};

/** Takes a command back that waits; of a batch, all of its commands that do. @returns How many. @throws Fault `wrong-state` */
export const cancelQueued = async (target: string, operationId: string, ports: Ports): Promise<number> => {
  const { value } = await getOperation(operationId, ports.store);
  if (value.target !== target) throw new Fault('not-found', `there is no operation ${operationId} in target ${target}`);
  const fault = new Fault('canceled', 'it was taken back while it waited', { reason: 'Canceled' });
  const canceled =
    value.kind === 'batch'
      ? await cancelQueuedBatch(value, fault, ports)
      : Number(await endQueued(value, { state: 'CANCELED', fault }, ports));
  if (canceled === 0) throw await notWaiting(target, operationId, ports);
  await ports.admissionQueue.send(target);
  return canceled;
};

const notWaiting = async (target: string, operationId: string, { store }: Ports) => {
  const { value } = await getOperation(operationId, store);
  return value.target === target
    ? new Fault('wrong-state', `the ${value.kind} of ${value.clusterId} is ${value.state}: it does not wait`)
    : new Fault('not-found', `there is no operation ${operationId} in target ${target}`);
};
