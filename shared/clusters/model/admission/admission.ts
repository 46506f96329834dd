import type { PendingReason, QueuedCommand } from './queue.ts';
import { describeUsage, dominantShare, type ExceededQuota, findExceededQuota, type Policy, Usage } from './quota.ts';

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

interface AdmissionOptions {
  readonly target: Policy;
  /** Starts on the target are paused. */
  readonly paused: boolean;
  /** What commands wait for besides capacity, by operation id. */
  readonly pendingReasons: ReadonlyMap<string, PendingReason>;
  readonly now: Date;
}

/** How long a command that does not fit into the target may hold up later commands of its kind. */
const maxReservationMs = 30 * 60_000;

/**
 * Decides which queued commands of a target may start, and in which order.
 *
 * - Higher priorities come first. Among equal priorities, the team with the lowest dominant share comes first, and in a
 *   team the oldest command.
 * - A command that does not fit into the target reserves capacity: later commands of its kind wait, so that small commands
 *   cannot overtake a large one forever. The other kind does not wait, because jobs of a session must not wait for a
 *   cluster that itself waits until the session ends.
 * - A reservation lasts 30 minutes, because it is unknown when the capacity becomes free. Then others of its kind may overtake
 *   the command, and none of them reserves capacity.
 * - A command that does not fit into the share of its team holds up later commands of its team and kind only.
 * - Commands that wait for something besides capacity are listed last.
 */
export const decideAdmissions = (
  queuedCommands: readonly QueuedCommand[],
  admitted: readonly QueuedCommand[],
  options: AdmissionOptions,
): readonly AdmissionDecision[] => {
  const { target, pendingReasons } = options;
  const [waiting, ready] = partition(queuedCommands, ({ operationId }) => pendingReasons.has(operationId));
  const pass = new AdmissionPass(admitted, options);
  const decisions = orderByFairShare(ready, admitted, target).map((command, index) => pass.decide(command, index));
  const waitingDecisions = waiting.toSorted(byPriorityAndAge).map((command, index) => ({
    command,
    position: decisions.length + index + 1,
    pendingReason: pendingReasons.get(command.operationId),
    reserves: false,
  }));
  return [...decisions, ...waitingDecisions];
};

const partition = <T>(items: readonly T[], predicate: (item: T) => boolean) =>
  [items.filter(predicate), items.filter((item) => !predicate(item))] as const;

/** One pass over the ordered commands of a target. Each decision depends on the decisions before it. */
class AdmissionPass {
  private readonly admitted: readonly QueuedCommand[];
  private readonly options: AdmissionOptions;
  private used: Usage;
  /** Kinds, and kinds of a team, whose commands have to wait for an earlier command. */
  private readonly blocked = new Set<string>();
  /** Kinds with a reservation that has expired. */
  private readonly expired = new Set<string>();

  constructor(admitted: readonly QueuedCommand[], options: AdmissionOptions) {
    this.admitted = admitted;
    this.options = options;
    this.used = new Usage(admitted);
  }

  decide(command: QueuedCommand, index: number): AdmissionDecision {
    const position = index + 1;
    if (this.options.paused) {
      const pendingReason = { reason: 'Paused', message: 'Starts on this target are paused.' } as const;
      return { command, position, pendingReason, reserves: false };
    }
    const usedByOthers = this.used.without(this.findReplaced(command));
    const exceeded = findExceededQuota(command, usedByOthers, this.options.target);
    if (exceeded === undefined && !this.isBlocked(command)) {
      usedByOthers.add(command);
      this.used = usedByOthers;
      return { command, position, pendingReason: undefined, reserves: false };
    }
    const pendingReason: PendingReason =
      exceeded === undefined
        ? newTurnReason(index)
        : { reason: 'WaitingForQuota', message: describeUsage(exceeded, command) };
    return { command, position, pendingReason, reserves: this.block(command, exceeded) };
  }

  private findReplaced({ replaces }: QueuedCommand): QueuedCommand | undefined {
    return this.admitted.find(({ operationId }) => operationId === replaces);
  }

  private isBlocked(command: QueuedCommand): boolean {
    return this.blocked.has(command.kind) || this.blocked.has(toTeamKey(command));
  }

  /** Blocks the later commands that have to wait for this one. Returns whether the command reserves capacity. */
  private block(command: QueuedCommand, exceeded: ExceededQuota | undefined): boolean {
    const { kind } = command;
    if (exceeded?.scope === 'team') this.blocked.add(toTeamKey(command));
    if (exceeded?.scope !== 'target' || this.blocked.has(kind) || this.expired.has(kind)) return false;
    const reserves = !hasReservedTooLong(command, this.options.now);
    (reserves ? this.blocked : this.expired).add(kind);
    return reserves;
  }
}

const toTeamKey = ({ kind, team }: QueuedCommand) => `${kind} of ${team}`;

/** The reason of a command that waits because `count` other commands come first. */
export const newTurnReason = (count: number): PendingReason => ({
  reason: 'WaitingForTurn',
  message: count === 1 ? '1 command comes first.' : `${count} commands come first.`,
});

const hasReservedTooLong = ({ reservesSince }: QueuedCommand, now: Date): boolean =>
  reservesSince !== undefined && now.getTime() - Date.parse(reservesSince) > maxReservationMs;

interface TeamQueue {
  readonly commands: readonly QueuedCommand[];
  /** The index of the team's next command. */
  next: number;
  share: number;
}

/** Orders commands as if each of them were admitted in turn, so that the share of a team grows with its commands. */
const orderByFairShare = (
  queuedCommands: readonly QueuedCommand[],
  admitted: readonly QueuedCommand[],
  target: Policy,
): readonly QueuedCommand[] => {
  const used = new Usage(admitted);
  const teamQueues = [...Map.groupBy(queuedCommands, ({ team }) => team)].map(([team, commands]): TeamQueue => ({
    commands: commands.toSorted(byPriorityAndAge),
    next: 0,
    share: dominantShare(team, used, target),
  }));
  const order: QueuedCommand[] = [];
  for (;;) {
    const first = findFirst(teamQueues);
    if (first === undefined) return order;
    const { command, teamQueue } = first;
    order.push(command);
    used.add(command);
    teamQueue.next += 1;
    teamQueue.share = dominantShare(command.team, used, target);
  }
};

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
