import pMap from 'p-map';

import type { Cluster } from '#events/records/cluster.ts';
import { OperationId } from '#events/names.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { PendingReason, QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { assertFitsTarget } from '#shared/clusters/model/admission/quota.ts';
import { isPendingCluster } from '#events/records/cluster-states.ts';
import { isPastDeadline } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/** How many queued commands are evaluated or ended at the same time. */
export const maxConcurrency = 16;

interface Evaluation {
  /** What commands wait for besides capacity, by operation id. */
  readonly pendingReasons: ReadonlyMap<string, PendingReason>;
  /** Why commands can never start. */
  readonly failed: ReadonlyMap<QueuedCommand, Fault>;
}

/**
 * Finds what queued commands wait for besides capacity, and which of them can never start. Of very many dependencies it reads
 * a part, from a random command on: the commands of the others wait for another pass.
 */
export const evaluatePending = async (
  queuedCommands: readonly QueuedCommand[],
  target: NamedTarget,
  ports: Ports,
): Promise<Evaluation> => {
  const pendingReasons = new Map<string, PendingReason>();
  const failed = new Map<QueuedCommand, Fault>();
  const { selected, others } = selectEvaluated(queuedCommands, ports);
  for (const { operationId, dependsOn } of others) pendingReasons.set(operationId, newDependencyReason(dependsOn));
  const reads = shareReads(target, ports);
  await pMap(
    selected,
    async (command) => {
      try {
        assertMayStart(command, target, ports.now());
        const pendingReason = await findPendingReason(command, reads);
        if (pendingReason !== undefined) pendingReasons.set(command.operationId, pendingReason);
      } catch (error) {
        failed.set(command, toFinalFault(error));
      }
    },
    { concurrency: maxConcurrency },
  );
  return { pendingReasons, failed };
};

/** How many dependencies and sessions are read for the commands of one target. */
const maxReads = 1_000;

const namesOf = ({ kind, clusterId, dependsOn }: QueuedCommand): readonly string[] =>
  kind === 'submit' ? [...dependsOn, `session ${clusterId}`] : dependsOn;

/** The commands whose dependencies and sessions are read. */
const selectEvaluated = (commands: readonly QueuedCommand[], { random }: Ports) => {
  if (new Set(commands.flatMap(namesOf)).size <= maxReads) return { selected: commands, others: [] };
  const first = Math.floor(random() * commands.length);
  const names = new Set<string>();
  const [selected, others]: [QueuedCommand[], QueuedCommand[]] = [[], []];
  for (const command of [...commands.slice(first), ...commands.slice(0, first)]) {
    if (names.size < maxReads) selected.push(command);
    else others.push(command);
    for (const name of namesOf(command)) names.add(name);
  }
  return { selected, others };
};

/** What the commands of a target depend on. */
export interface DependencyReads {
  /** How a dependency ended. Undefined while it has not. */
  readonly verdict: (name: string) => Promise<string | undefined>;
  readonly session: (clusterId: string) => Promise<Cluster | undefined>;
}

/** Reads each dependency and session once, for all commands that have it. */
export const shareReads = ({ name: target }: NamedTarget, { store }: Ports): DependencyReads => ({
  verdict: once((name) => findDependencyVerdict(name, target, store)),
  session: once(async (clusterId) => (await store.cluster({ target, clusterId }))?.value),
});

const once = <T>(read: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const value = known.get(key) ?? read(key);
    known.set(key, value);
    return value;
  };
};

const newDependencyReason = (names: readonly string[]): PendingReason => ({
  reason: 'WaitingForDependency',
  message: `Waiting for ${names.join(', ')} to finish.`,
});

/** @throws Fault `over-limit` when the command can never fit into the target, `not-started` after its deadline. */
export const assertMayStart = (command: QueuedCommand, target: NamedTarget, now: Date): void => {
  assertFitsTarget(command, target);
  if (isPastDeadline(command, now)) throw newStartDeadlineFault(command.deadline);
};

/**
 * What a command waits for besides capacity.
 *
 * @throws Fault when the command can never start: `dependency-failed` when a command that it depends on did not finish,
 *   `wrong-state` when its session is ending.
 */
export const findPendingReason = async (
  { kind, clusterId, dependsOn }: QueuedCommand,
  reads: DependencyReads,
): Promise<PendingReason | undefined> => {
  const unfinished = await listUnfinishedDependencies(dependsOn, reads);
  if (unfinished.length > 0) return newDependencyReason(unfinished);
  if (kind === 'deploy') return undefined;
  const cluster = await reads.session(clusterId);
  return cluster === undefined ? undefined : findSessionReason(cluster);
};

/** @throws Fault `not-started` after the deadline for the start of a command that is not in the queue. */
export const assertStartsInTime = (deadline: string | undefined, now: Date): void => {
  if (deadline !== undefined && Date.parse(deadline) <= now.getTime()) throw newStartDeadlineFault(deadline);
};

/** The fault of a command that did not start by its deadline. */
export const newStartDeadlineFault = (deadline: string) =>
  new Fault('not-started', `The command did not start by its deadline, ${deadline}.`, { reason: 'DeadlineExceeded' });

/**
 * What a submit waits for in its session.
 *
 * @throws Fault `wrong-state` when the session is ending.
 */
export const findSessionReason = (cluster: Cluster): PendingReason | undefined => {
  const { clusterId, target, state } = cluster;
  if (state === 'RUNNING') return undefined;
  if (isPendingCluster(cluster)) return { reason: 'WaitingForCluster', message: `Cluster ${clusterId} is ${state}.` };
  throw new Fault(
    'wrong-state',
    `Cluster ${clusterId} in target ${target} is ${state}. It does not accept jobs. Submit the job to a RUNNING session.`,
  );
};

/** @throws Fault `dependency-failed` when a dependency did not finish. */
const listUnfinishedDependencies = async (
  dependsOn: readonly string[],
  reads: DependencyReads,
): Promise<readonly string[]> => {
  const dependencies = await Promise.all(dependsOn.map(async (name) => ({ name, verdict: await reads.verdict(name) })));
  const failed = dependencies.filter(({ verdict }) => verdict !== undefined && verdict !== 'FINISHED');
  if (failed.length > 0) {
    const causes = failed.map(({ name, verdict }) => `${name} is ${verdict}`).join(', ');
    throw new Fault('dependency-failed', `A command that this one depends on did not finish: ${causes}.`, {
      reason: 'DependencyFailed',
    });
  }
  return dependencies.filter(({ verdict }) => verdict === undefined).map(({ name }) => name);
};

/**
 * How a dependency ended, or that it was rejected. Undefined while it runs, before it is recorded, and for an operation of
 * another target.
 *
 * @param name The idempotency key or the operation id of the dependency.
 */
const findDependencyVerdict = async (name: string, target: string, store: Store): Promise<string | undefined> => {
  const known = await store.idempotency(target, name);
  if (known !== undefined) return (await store.verdict(known.operationId))?.verdict;
  if (OperationId.safeParse(name).success) {
    const isOwn = (await store.operation(name))?.value.target === target;
    return isOwn ? (await store.verdict(name))?.verdict : undefined;
  }
  const refusal = await store.refusal(target, name);
  return refusal === undefined ? undefined : `rejected (${refusal.code})`;
};
