import { type Operation } from '#events/model.ts';
import { Fault } from '#events/problem.ts';

import { type Turn, turnsOf, usageOf } from './admission.ts';
import { revokeBatch } from './batch.ts';
import { endWaiting, judged } from './line.ts';
import type { Ports, StoredOperation } from './ports.ts';
import { commit, operationOf, repeatedly, shown, update } from './records.ts';

/** The line of a target as people see it: who waits, at which place and for what, and how much is taken. */
export const readBacklog = async (name: string, ports: Ports) => {
  const target = await ports.targets.get(name);
  const line = await ports.store.line(name);
  const claims = line.waiting.map(({ value }) => value);
  const { blocks } = await judged(claims, target, ports);
  const turns = turnsOf(claims, line.holders, {
    target,
    drained: line.drained !== undefined,
    blocks,
    now: ports.now(),
  });
  const { total, teams } = usageOf(line.holders);
  return {
    target: name,
    ...(line.drained === undefined ? {} : { drained: line.drained }),
    limits: target.limits,
    usage: total,
    teams: [...teams]
      .map(([team, usage]) => ({ team, usage }))
      .toSorted((one, other) => (one.team < other.team ? -1 : 1)),
    waiting: turns.map(asWaiting),
  };
};

const soon = { reason: 'Starting', message: 'its turn has come' } as const;

const asWaiting = ({ claim, position, block }: Turn) => {
  const { demand: _demand, target: _target, replaces: _replaces, reservesSince: _reservesSince, ...rest } = claim;
  return { position, ...rest, dependsOn: [...claim.dependsOn], ...(block ?? soon) };
};

/** How long a line that was read is new enough for those who wait in it: they ask often, and it may be long. */
const shownForMs = 5_000;

interface Shown {
  readonly backlog: ReturnType<typeof readBacklog>;
  readonly until: number;
}
const shownLines = new WeakMap<Ports, Map<string, Shown>>();

const shownLine = (target: string, ports: Ports): Shown['backlog'] => {
  const lines = shownLines.get(ports) ?? new Map<string, Shown>();
  shownLines.set(ports, lines);
  const now = ports.now().getTime();
  const known = lines.get(target);
  if (known !== undefined && known.until > now) return known.backlog;
  const backlog = readBacklog(target, ports);
  lines.set(target, { backlog, until: now + shownForMs });
  // Whoever asked is told; the next one tries again.
  backlog.catch(() => lines.delete(target));
  return backlog;
};

/** An operation with its place in the line, as of some seconds ago, or its verdict. */
export const readOperation = async (operationId: string, ports: Ports): Promise<Operation> => {
  const { value } = await operationOf(operationId, ports.store);
  if (value.state === 'QUEUED') return { ...shown(value), ...(await placeOf(value, ports)) };
  const record = await ports.store.verdict(operationId);
  if (record === undefined) return shown(value);
  const { verdict, message } = record;
  return { ...shown(value), verdict, ...(message === undefined ? {} : { verdictMessage: message }) };
};

const placeOf = async ({ target, operationId }: StoredOperation, ports: Ports) => {
  const { waiting } = await shownLine(target, ports);
  const found = waiting.find((one) => one.operationId === operationId);
  return found === undefined
    ? {}
    : {
        position: found.position,
        phase: `${found.reason}: ${found.message} (place ${found.position} of ${waiting.length})`,
      };
};

/** Pauses the starts on a target, or takes them up again. What runs goes on. */
export const drain = async (name: string, drained: boolean, ports: Ports): Promise<void> => {
  await ports.targets.get(name);
  await repeatedly(ports, async () => {
    const { gate, drained: since } = await ports.store.lineHead(name);
    if ((since !== undefined) === drained) return;
    const next = drained ? { since: ports.now().toISOString() } : undefined;
    await commit({ gate: { target: name, drained: next, previous: gate } }, ports);
  });
  if (!drained) await ports.admissions.ask(name);
};

/** @throws Fault `wrong-state` when it does not wait any more. */
export const prioritise = async (
  target: string,
  operationId: string,
  priority: number,
  ports: Ports,
): Promise<void> => {
  await update(ports, async () => {
    const found = (await ports.store.line(target)).waiting.find(({ value }) => value.operationId === operationId);
    if (found === undefined) throw await notWaiting(target, operationId, ports);
    const waiting = { value: { ...found.value, priority }, previous: found.version };
    return { change: { waiting }, result: undefined };
  });
  shownLines.get(ports)?.delete(target);
  await ports.admissions.ask(target);
};

/** Takes a command back that waits; of a batch, all of its commands that do. @returns How many. @throws Fault `wrong-state` */
export const revoke = async (target: string, operationId: string, ports: Ports): Promise<number> => {
  const { value } = await operationOf(operationId, ports.store);
  if (value.target !== target) throw new Fault('not-found', `there is no operation ${operationId} in target ${target}`);
  const fault = new Fault('revoked', 'it was taken back while it waited', { reason: 'Revoked' });
  const revoked =
    value.kind === 'batch'
      ? await revokeBatch(value, fault, ports)
      : Number(await endWaiting(value, { state: 'CANCELED', fault }, ports));
  if (revoked === 0) throw await notWaiting(target, operationId, ports);
  await ports.admissions.ask(target);
  return revoked;
};

const notWaiting = async (target: string, operationId: string, { store }: Ports) => {
  const { value } = await operationOf(operationId, store);
  return value.target === target
    ? new Fault('wrong-state', `the ${value.kind} of ${value.clusterId} is ${value.state}: it does not wait`)
    : new Fault('not-found', `there is no operation ${operationId} in target ${target}`);
};
