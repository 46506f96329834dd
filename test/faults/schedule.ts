import { isAtRest, mayBeCreated, mayBeDeleted, provenNow, reachedBy, violationsAtRest } from './invariants.ts';
import type { Protection } from './protections.ts';
import { type InjectedFault, Simulation } from './simulation.ts';
import { lastSeconds, play, workloadOf } from './workload.ts';
import { ModelWorld } from './world.ts';

/** How long everything may take to come to rest when nothing is done to it any more: every deadline has passed by then. */
const calmSeconds = 150 * 60;
const quietMinutes = 3;
const likelihood = 0.05;

export interface ScheduleOptions {
  readonly seed: number;
  readonly without?: Protection | undefined;
  /** Calls that are spared their faults, and steps that are left out: to find the shortest schedule that still fails. */
  readonly spared?: ReadonlySet<number>;
  readonly dropped?: ReadonlySet<number>;
}

export interface Outcome {
  readonly seed: number;
  readonly steps: readonly { readonly number: number; readonly at: number; readonly text: string }[];
  readonly faults: readonly InjectedFault[];
  readonly violations: readonly string[];
  readonly reached: readonly string[];
  /** What was left out of it. */
  readonly without: Pick<ScheduleOptions, 'spared' | 'dropped'>;
}

/** One schedule: what is done to the system, and what goes wrong meanwhile. It follows from the seed. */
export const runSchedule = async ({
  seed,
  without,
  spared = new Set(),
  dropped = new Set(),
}: ScheduleOptions): Promise<Outcome> => {
  const simulation = new Simulation({ seed, likelihood, spared });
  const violations: string[] = [];
  const created = new Map<string, number>();
  const workload = workloadOf(seed);
  const steps = workload.steps.filter((_, index) => !dropped.has(index));
  const byHand = new Set(steps.filter(({ text }) => /^(kubectl|the JobManager)/.test(text)).map(({ text }) => text));
  const world: ModelWorld = new ModelWorld(simulation, seed, {
    without,
    watchers: {
      onCreate: (deployment) => {
        if (byHand.size === 0) violations.push(...mayBeCreated(deployment, created, world));
      },
      onDelete: (deployment) => violations.push(...mayBeDeleted(deployment, world)),
    },
    onTransition: (transition) => violations.push(...provenNow(transition, world)),
  });
  play(steps, world, simulation);
  void world.observeEachMinute();

  await simulation.runUntil(lastSeconds);
  simulation.stormy = false;
  for (let minute = 1, quiet = 0; quiet < quietMinutes && minute * 60 <= calmSeconds; minute += 1) {
    await simulation.runUntil(lastSeconds + minute * 60);
    quiet = isAtRest(world) ? quiet + 1 : 0;
  }

  violations.push(...violationsAtRest(world, workload, byHand));
  return {
    seed,
    steps: workload.steps
      .map(({ at, text }, number) => ({ number, at, text }))
      .filter(({ number }) => !dropped.has(number)),
    faults: simulation.faults,
    violations: [...new Set(violations)],
    reached: reachedBy(world),
    without: { spared, dropped },
  };
};

/** Leaves out one fault or step after the other, as long as something is still violated. */
export const shortened = async (outcome: Outcome, without?: Protection, mostRuns = 300): Promise<Outcome> => {
  let best = outcome;
  let [spared, dropped] = [new Set<number>(), new Set<number>()];
  let runs = 0;
  for (let progress = true; progress && runs < mostRuns;) {
    progress = false;
    const attempts = [
      ...best.steps.map(({ number }) => ({ spared, dropped: new Set([...dropped, number]) })),
      ...best.faults.map(({ call }) => ({ spared: new Set([...spared, call]), dropped })),
    ];
    for (const attempt of attempts) {
      if ((runs += 1) > mostRuns) break;
      const tried = await runSchedule({ seed: outcome.seed, without, ...attempt });
      if (tried.violations.length === 0 || sizeOf(tried) >= sizeOf(best)) continue;
      best = tried;
      ({ spared, dropped } = attempt);
      progress = true;
      break;
    }
  }
  return best;
};

const sizeOf = ({ steps, faults }: Outcome) => steps.length + faults.length;

/** A schedule to read, in the order of time. */
export const told = ({ seed, steps, faults, violations }: Outcome): string =>
  [
    `seed ${seed}:`,
    ...[...steps, ...faults]
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, text }) => `  ${at.toFixed(2).padStart(8)} s  ${text}`),
    ...violations.map((violation) => `  VIOLATED: ${violation}`),
  ].join('\n');
