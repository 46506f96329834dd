import type { PendingReason, QueuedCommand, QueueHead, Reservations } from './queue.ts';
import { describeUsage, dominantShare, type ExceededQuota, findExceededQuota, type Policy, Usage } from './quota.ts';
import { toListKey } from './ready-key.ts';
import { mayReserve } from './reservations.ts';

/** What the admission queue of a target does with one queued command now. */
export interface AdmissionDecision {
  readonly command: QueuedCommand;
  /** The place of the command in the admission queue, from 1. */
  readonly position: number;
  /** Why the command has to wait. Undefined: it may start now. */
  readonly pendingReason: PendingReason | undefined;
  /** The command reserves capacity of the target: later commands of its kind have to wait for it. */
  readonly reserves: boolean;
}

/** What is admitted in a target. */
export interface Admitted {
  readonly usage: Usage;
  /** Admitted commands whose capacity a queued command takes over. */
  readonly replaceable: readonly QueuedCommand[];
}

interface AdmissionOptions {
  readonly target: Policy;
  /** Starts on the target are paused. */
  readonly paused: boolean;
  readonly reservations: Reservations;
  /** What commands wait for besides capacity, by operation id. */
  readonly pendingReasons: ReadonlyMap<string, PendingReason>;
  readonly now: Date;
}

/**
 * Decides which queued commands of a target may start, and in which order.
 *
 * - Higher priorities come first. Among equal priorities, the team with the lowest dominant share comes first, and in a
 *   team the oldest command.
 * - A command that does not fit into the target reserves capacity: later commands of its kind wait, so that small commands
 *   cannot overtake a large one forever. The other kind does not wait, because jobs of a session must not wait for a
 *   cluster that itself waits until the session ends.
 * - The reservations of a kind last 30 minutes, because it is unknown when the capacity becomes free. Then others of its kind
 *   may overtake the command, and none of them reserves capacity until two hours have passed since the first one.
 * - A command that does not fit into the share of its team holds up later commands of its team and kind only.
 * - Commands that wait for something besides capacity are listed last.
 */
export const decideAdmissions = (
  queuedCommands: readonly QueuedCommand[],
  admitted: Admitted,
  options: AdmissionOptions,
): readonly AdmissionDecision[] => {
  const { target, pendingReasons } = options;
  const [waiting, ready] = partition(queuedCommands, ({ operationId }) => pendingReasons.has(operationId));
  const pass = new AdmissionPass(admitted, options);
  const decisions = [...orderByFairShare(ready, admitted.usage, target)].map((command, index) =>
    pass.decide(command, index),
  );
  const waitingDecisions = waiting.toSorted(byPriorityAndAge).map((command, index) => ({
    command,
    position: decisions.length + index + 1,
    pendingReason: pendingReasons.get(command.operationId),
    reserves: false,
  }));
  return [...decisions, ...waitingDecisions];
};

/** The first commands of each list of an admission queue. */
export interface Heads {
  readonly commands: readonly QueuedCommand[];
  /** The keys of lists that have further commands. */
  readonly truncated: ReadonlySet<string>;
}

/** Decisions about the first commands of an admission queue. */
interface HeadDecisions {
  readonly decisions: readonly AdmissionDecision[];
  /** No further command may start. Otherwise the next decision depends on commands that are not among the heads. */
  readonly isComplete: boolean;
}

/**
 * Decides as {@link decideAdmissions} does, about the first commands of each list. A list that is blocked needs no further
 * commands, because none of them starts.
 */
export const decideHeads = (
  { commands, truncated }: Heads,
  admitted: Admitted,
  options: Omit<AdmissionOptions, 'pendingReasons'>,
): HeadDecisions => {
  const pass = new AdmissionPass(admitted, { ...options, pendingReasons: new Map() });
  const left = new Map([...Map.groupBy(commands, toListKey)].map(([list, members]) => [list, members.length]));
  const decisions: AdmissionDecision[] = [];
  if ([...truncated].some((list) => !left.has(list))) return { decisions, isComplete: false };
  for (const command of orderByFairShare(commands, admitted.usage, options.target)) {
    const list = toListKey(command);
    decisions.push(pass.decide(command, decisions.length));
    const count = (left.get(list) ?? 0) - 1;
    left.set(list, count);
    if (count === 0 && truncated.has(list) && !options.paused && !pass.isClosed(command))
      return { decisions, isComplete: false };
  }
  return { decisions, isComplete: true };
};

const partition = <T>(items: readonly T[], predicate: (item: T) => boolean) =>
  [items.filter(predicate), items.filter((item) => !predicate(item))] as const;

/** One pass over the ordered commands of a target. Each decision depends on the decisions before it. */
class AdmissionPass {
  private readonly replaceable: readonly QueuedCommand[];
  private readonly options: AdmissionOptions;
  private used: Usage;
  /** Kinds, and kinds of a team, whose commands have to wait for an earlier command. */
  private readonly blocked = new Set<string>();
  /** Kinds of which a command does not fit, and may not reserve capacity now. */
  private readonly unreserved = new Set<string>();
  /** Kinds of which the target takes no further command, however small. */
  private readonly full = new Set<string>();

  constructor({ usage, replaceable }: Admitted, options: AdmissionOptions) {
    this.replaceable = replaceable;
    this.options = options;
    this.used = usage.copy();
  }

  decide(command: QueuedCommand, index: number): AdmissionDecision {
    const position = index + 1;
    if (this.options.paused) return { command, position, pendingReason: pausedReason, reserves: false };
    const usedByOthers = this.used.without(this.findReplaced(command));
    const exceeded = findExceededQuota(command, usedByOthers, this.options.target);
    if (exceeded === undefined && !this.isBlocked(command)) {
      usedByOthers.add(command);
      this.used = usedByOthers;
      return { command, position, pendingReason: undefined, reserves: false };
    }
    if (exceeded?.scope === 'target' && exceeded.resource === countedAs[command.kind]) this.full.add(command.kind);
    const pendingReason = exceeded === undefined ? newTurnReason(index) : toQuotaReason(exceeded, command);
    return { command, position, pendingReason, reserves: this.block(command, exceeded) };
  }

  private findReplaced({ replaces }: QueuedCommand): QueuedCommand | undefined {
    return this.replaceable.find(({ operationId }) => operationId === replaces);
  }

  /** Whether a command has to wait for an earlier one of its kind, or of its kind and team. */
  isBlocked(command: QueuedCommand): boolean {
    return this.blocked.has(command.kind) || this.blocked.has(toTeamKey(command));
  }

  /** Whether no later command of its kind, or of its kind and team, may start. */
  isClosed(command: QueuedCommand): boolean {
    return this.isBlocked(command) || this.full.has(command.kind);
  }

  /** Blocks the later commands that have to wait for this one. Returns whether the command reserves capacity. */
  private block(command: QueuedCommand, exceeded: ExceededQuota | undefined): boolean {
    const { kind } = command;
    if (exceeded?.scope === 'team') this.blocked.add(toTeamKey(command));
    if (exceeded?.scope !== 'target' || this.blocked.has(kind) || this.unreserved.has(kind)) return false;
    const reserves = mayReserve(kind, this.options.reservations, this.options.now);
    (reserves ? this.blocked : this.unreserved).add(kind);
    return reserves;
  }
}

/** The limit that each command of a kind counts in. */
const countedAs = { deploy: 'clusters', submit: 'jobs' } as const satisfies Readonly<
  Record<QueuedCommand['kind'], string>
>;

const toTeamKey = ({ kind, team }: QueuedCommand) => `${kind} of ${team}`;

const toQuotaReason = (exceeded: ExceededQuota, command: QueuedCommand): PendingReason => ({
  reason: 'WaitingForQuota',
  message: describeUsage(exceeded, command),
});

/** Why a command has to wait for a quota. Undefined when it fits. */
export const newQuotaReason = (command: QueuedCommand, used: Usage, target: Policy): PendingReason | undefined => {
  const exceeded = findExceededQuota(command, used, target);
  return exceeded === undefined ? undefined : toQuotaReason(exceeded, command);
};

const pausedReason: PendingReason = { reason: 'Paused', message: 'Starts on this target are paused.' };

export const findPauseReason = ({ paused }: Pick<QueueHead, 'paused'>): PendingReason | undefined =>
  paused === undefined ? undefined : pausedReason;

/** The reason of a command that the next admission pass starts. */
export const startingReason: PendingReason = { reason: 'Starting', message: 'The command is about to start.' };

/** The reason of a command that waits because `count` other commands come first. */
export const newTurnReason = (count: number): PendingReason => ({
  reason: 'WaitingForTurn',
  message: count === 1 ? '1 command comes first.' : `${count} commands come first.`,
});

interface TeamQueue {
  readonly commands: readonly QueuedCommand[];
  /** The index of the team's next command. */
  next: number;
  share: number;
}

/** Orders commands as if each of them were admitted in turn, so that the share of a team grows with its commands. */
function* orderByFairShare(
  queuedCommands: readonly QueuedCommand[],
  usage: Usage,
  target: Policy,
): Generator<QueuedCommand> {
  const used = usage.copy();
  const teamQueues = [...Map.groupBy(queuedCommands, ({ team }) => team)].map(([team, commands]): TeamQueue => ({
    commands: commands.toSorted(byPriorityAndAge),
    next: 0,
    share: dominantShare(team, used, target),
  }));
  for (;;) {
    const first = findFirst(teamQueues);
    if (first === undefined) return;
    const { command, teamQueue } = first;
    yield command;
    used.add(command);
    teamQueue.next += 1;
    teamQueue.share = dominantShare(command.team, used, target);
  }
}

interface Candidate {
  readonly command: QueuedCommand;
  readonly teamQueue: TeamQueue;
}

/** The command that comes first among the next commands of all teams. */
const findFirst = (teamQueues: readonly TeamQueue[]): Candidate | undefined => {
  let first: Candidate | undefined;
  for (const teamQueue of teamQueues) {
    const command = teamQueue.commands[teamQueue.next];
    if (command === undefined) continue;
    const candidate = { command, teamQueue };
    if (first === undefined || compareCandidates(candidate, first) < 0) first = candidate;
  }
  return first;
};

const compareCandidates = (a: Candidate, b: Candidate): number =>
  b.command.priority - a.command.priority ||
  a.teamQueue.share - b.teamQueue.share ||
  byPriorityAndAge(a.command, b.command);

const byPriorityAndAge = (a: QueuedCommand, b: QueuedCommand): number =>
  b.priority - a.priority || compareText(a.since, b.since) || compareText(a.operationId, b.operationId);

const compareText = (a: string, b: string) => (a < b ? -1 : Number(a > b));
