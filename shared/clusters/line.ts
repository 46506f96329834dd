import pMap from 'p-map';

import type { Cluster, NamedTarget, OperationState } from '#events/model.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { OperationId } from '#events/names.ts';

import { type Block, type Claim, isLimited, type LineHead, mustEverFit, turnsOf } from './admission.ts';
import { begun, wakened } from './lifetime.ts';
import type { Change, Claimant, Ports, Store, StoredOperation } from './ports.ts';
import {
  clusterAt,
  commit,
  isChangedMeanwhile,
  keeping,
  operationOf,
  progressed,
  repeatedly,
  update,
} from './records.ts';
import { moved } from './state.ts';

/** How long a command waits that names no deadline. */
const waitMs = 24 * 3_600_000;
/** What waits is kept for fourteen days. */
const longestWaitMs = 13 * 24 * 3_600_000;
/** How long an operation has from its start on. */
export const startedWithinMs = { deploy: 10 * 60_000, submit: 30 * 60_000 } as const;
const atOnce = 16;

interface Asked {
  readonly priority: number;
  readonly deadline?: string | undefined;
  /** When what it starts would end: there is no use in starting it then. */
  readonly until?: string | undefined;
  readonly dependsOn: readonly string[];
}

/** The claim of a command that has just come. @throws Fault `malformed-request` for a deadline that is too far ahead */
export const claimOf = (
  fields: Omit<Claim, keyof Asked | 'since'>,
  { priority, deadline, until, dependsOn }: Asked,
  now: Date,
): Claim => {
  const asked = deadline === undefined ? now.getTime() + waitMs : Date.parse(deadline);
  // What shall have ended by then need not begin behind it.
  const latest = new Date(Math.min(asked, until === undefined ? Infinity : Date.parse(until)));
  if (latest.getTime() - now.getTime() > longestWaitMs) {
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
export const enter = async (
  claim: Claim,
  target: NamedTarget,
  changeOf: (block: Block | undefined) => Change,
  ports: Ports,
  draft?: Readonly<Record<string, unknown>>,
): Promise<Block | undefined> => {
  mustEverFit(claim, target);
  const [line, awaited] = await Promise.all([ports.store.lineHead(target.name), awaitedAtEntry(claim, target, ports)]);
  const block = blockOf(claim, line, awaited, { target, now: ports.now() });
  if (block === undefined && (await isStarted(claim, target, line.gate, changeOf(undefined), ports))) return undefined;
  if (line.waiting >= target.mostWaiting) {
    throw new Fault('limit-reached', `${line.waiting} commands wait for target ${target.name} already`, {
      reason: 'LineFull',
      retryAfterSeconds: 30,
    });
  }
  const waits = block ?? { reason: 'WaitingForTurn', message: 'others come at the same time' };
  const write = () => commit({ ...changeOf(waits), waiting: { value: claim, previous: undefined } }, ports);
  await (draft === undefined ? write() : keeping(claim.operationId, draft, write, ports));
  await mustStillBe(claim, ports);
  await ports.store.count(target.name, { by: 1 });
  // A place may have become free before it stood in line, or what it waits for may have ended.
  const still = blockOf(claim, await ports.store.lineHead(target.name), awaited, { target, now: ports.now() });
  if (still?.reason !== 'WaitingForQuota' && still?.reason !== 'Drained') await ports.admissions.ask(target.name);
  return waits;
};

/**
 * Whoever removes a target at the same time sees what waits for it, or is seen here.
 *
 * @throws Fault `not-found`; the command has failed then.
 */
const mustStillBe = async (claim: Claim, ports: Ports): Promise<void> => {
  try {
    await ports.targets.current(claim.target);
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found')
      await endWaiting(claim, { state: 'FAILED', fault: error }, ports);
    throw error;
  }
};

/** What depends on one that has failed already is recorded all the same, and fails in the line: others may depend on it. */
const awaitedAtEntry = async (claim: Claim, target: NamedTarget, ports: Ports): Promise<Block | undefined> => {
  try {
    return await awaitedBy(claim, target, ports);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'dependency-failed') throw error;
    return { reason: 'WaitingForDependency', message: error.message };
  }
};

/** Where others wait, whose turn it is among them is decided for all at once. */
const blockOf = (
  claim: Claim,
  { holders, drained, waiting }: LineHead,
  awaited: Block | undefined,
  { target, now }: { readonly target: NamedTarget; readonly now: Date },
): Block | undefined => {
  const blocks = new Map(awaited === undefined ? [] : [[claim.operationId, awaited]]);
  const [turn] = turnsOf([claim], holders, { target, drained: drained !== undefined, blocks, now });
  return turn?.block ?? (waiting === 0 ? undefined : { reason: 'WaitingForTurn', message: `${waiting} before it` });
};

/** Not if somebody else was let in meanwhile: the line decides then. */
const isStarted = async (
  claim: Claim,
  target: NamedTarget,
  gate: number | undefined,
  change: Change,
  ports: Ports,
): Promise<boolean> => {
  const counted = isLimited(target) ? { gate: { target: target.name, drained: undefined, previous: gate } } : {};
  try {
    await commit({ ...change, ...counted, holders: [claim], freed: replacedBy(claim) }, ports);
    return true;
  } catch (error) {
    if (!isChangedMeanwhile(error)) throw error;
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
  await repeatedly(ports, async () => {
    const line = await ports.store.line(name);
    if (line.counted !== line.waiting.length) await ports.store.count(name, { to: line.waiting.length });
    if (line.waiting.length === 0) return;
    const { blocks, failed } = await judged(
      line.waiting.map(({ value }) => value),
      target,
      ports,
    );
    const hopeful = line.waiting.map(({ value }) => value).filter((claim) => !failed.has(claim));
    const now = ports.now();
    const turns = turnsOf(hopeful, line.holders, { target, drained: line.drained !== undefined, blocks, now });
    let gate = line.gate;
    for (const { claim, block } of turns) {
      if (block === undefined && (await start(claim, gate, ports))) gate = (gate ?? 0) + 1;
    }
    for (const { claim, reserves } of turns) {
      const previous = line.waiting.find(({ value }) => value === claim)?.version;
      if (reserves && claim.reservesSince === undefined)
        await commit({ waiting: { value: { ...claim, reservesSince: now.toISOString() }, previous } }, ports);
    }
    // Behind those that start, as they may be many.
    await pMap(failed, ([claim, fault]) => endWaiting(claim, { state: 'FAILED', fault }, ports), {
      concurrency: atOnce,
    });
  });
};

const replacedBy = ({ target, replaces }: Claim): readonly Claimant[] =>
  replaces === undefined ? [] : [{ target, operationId: replaces }];

/** What each waits for besides room, and who waits in vain. */
export const judged = async (claims: readonly Claim[], target: NamedTarget, ports: Ports) => {
  const blocks = new Map<string, Block>();
  const failed = new Map<Claim, Fault>();
  await pMap(
    claims,
    async (claim) => {
      try {
        mustEverFit(claim, target);
        const block = await awaitedBy(claim, target, ports);
        if (block !== undefined) blocks.set(claim.operationId, block);
      } catch (error) {
        // That the store could not be asked says nothing of the claim.
        if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
        failed.set(claim, error);
      }
    },
    { concurrency: atOnce },
  );
  return { blocks, failed };
};

/** @returns Whether it is started: it may have ended meanwhile. */
const start = async (claim: Claim, gate: number | undefined, ports: Ports): Promise<boolean> => {
  const operation = await operationOf(claim.operationId, ports.store);
  if (operation.value.state !== 'QUEUED') {
    await commit({ left: [claim] }, ports);
    return false;
  }
  const now = ports.now();
  const started = progressed(operation, { state: 'PENDING' }, now);
  const deadline = new Date(now.getTime() + startedWithinMs[claim.kind]).toISOString();
  await commit(
    {
      ...(claim.kind === 'deploy'
        ? await movedTo('REQUESTED', operation.value, {}, ports)
        : wakened(await clusterAt(claim, ports.store))),
      operations: [{ ...started, value: { ...started.value, startedAt: now.toISOString(), deadline } }],
      gate: { target: claim.target, drained: undefined, previous: gate },
      holders: [claim],
      freed: replacedBy(claim),
      left: [claim],
    },
    ports,
  );
  await carryOnAdmitted(started.value, ports);
  ports.log.info('command admitted', {
    operationId: claim.operationId,
    command: claim.kind,
    target: claim.target,
    clusterId: claim.clusterId,
  });
  return true;
};

/** Hands an admitted operation to those who carry it out. */
export const carryOnAdmitted = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  if (operation.kind === 'submit') await ports.machines.start('submission', operation.operationId);
  else await ports.commands.carryOn(operation);
};

const movedTo = async (
  state: 'REQUESTED' | 'FAILED' | 'CANCELED',
  operation: StoredOperation,
  cause: { readonly reason?: string; readonly message?: string },
  { store, targets, now }: Ports,
): Promise<Pick<Change, 'cluster' | 'transitions'>> => {
  const { value: cluster, version } = await clusterAt(operation, store);
  if (cluster.operationId !== operation.operationId || cluster.state !== 'QUEUED') return {};
  const at = now();
  const next = moved(cluster, state, { at, operationId: operation.operationId, ...cause });
  const lifetime = begun(cluster.lifetime, at, await targets.get(operation.target));
  const value = state === 'REQUESTED' && lifetime !== undefined ? { ...next.cluster, lifetime } : next.cluster;
  return { cluster: { value, previous: version }, transitions: next.transitions };
};

/**
 * Ends a command that waits: nothing of it was created.
 *
 * @returns Whether it did: it may have been started or ended meanwhile.
 */
export const endWaiting = async (
  { operationId }: Pick<Claim, 'operationId'>,
  { state, fault }: { readonly state: Extract<OperationState, 'FAILED' | 'CANCELED'>; readonly fault: Fault },
  ports: Ports,
): Promise<boolean> => {
  const ended = await update(ports, async () => {
    const operation = await operationOf(operationId, ports.store);
    if (operation.value.state !== 'QUEUED') return { result: false };
    const problem = toProblem(fault, `/v1/operations/${operationId}`);
    const cause = { reason: fault.reason ?? fault.code, message: fault.message };
    return {
      change: {
        ...(operation.value.kind === 'deploy' ? await movedTo(state, operation.value, cause, ports) : {}),
        operations: [progressed(operation, { state, problem }, ports.now())],
      },
      result: true,
    };
  });
  if (ended) await ports.drafts.remove(operationId);
  return ended;
};

/**
 * What a claim waits for besides room.
 *
 * @throws Fault when that will never come.
 */
export const awaitedBy = async (claim: Claim, target: NamedTarget, ports: Ports): Promise<Block | undefined> => {
  if (claim.deadline < ports.now().toISOString()) throw notStarted(claim.deadline);
  const open = await openDependencies(claim, ports.store);
  if (open.length > 0) return { reason: 'WaitingForDependency', message: `${open.join(', ')} not FINISHED yet` };
  if (claim.kind === 'deploy') return undefined;
  const cluster = await ports.store.cluster({ target: target.name, clusterId: claim.clusterId });
  return cluster === undefined ? undefined : awaitedSession(cluster.value);
};

export const notStarted = (deadline: string) =>
  new Fault('not-started', `it was not started by ${deadline}`, { reason: 'DeadlineExceeded' });

const comingUp: ReadonlySet<Cluster['state']> = new Set(['QUEUED', 'REQUESTED', 'DEPLOYING']);

/** @throws Fault `wrong-state` */
const awaitedSession = ({ clusterId, target, state }: Cluster): Block | undefined => {
  if (state === 'RUNNING') return undefined;
  if (comingUp.has(state)) return { reason: 'WaitingForCluster', message: `${clusterId} is ${state}` };
  throw new Fault('wrong-state', `cluster ${clusterId} in target ${target} is ${state}`);
};

/** @throws Fault `dependency-failed` */
const openDependencies = async (
  { target, dependsOn }: Pick<Claim, 'target' | 'dependsOn'>,
  store: Store,
): Promise<readonly string[]> => {
  const verdicts = await Promise.all(
    dependsOn.map(async (name) => ({ name, verdict: await verdictOf(name, target, store) })),
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
const verdictOf = async (name: string, target: string, store: Store): Promise<string | undefined> => {
  const known = await store.idempotency(target, name);
  const operationId = known?.operationId ?? (OperationId.safeParse(name).success ? name : undefined);
  if (operationId !== undefined) return (await store.verdict(operationId))?.verdict;
  const refusal = await store.refusal(target, name);
  return refusal === undefined ? undefined : `refused (${refusal.code})`;
};
