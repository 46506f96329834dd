import { listViolations } from '#test/faults/invariants/end.ts';
import { checkCreation, checkDeletion, checkTransition } from '#test/faults/invariants/moments.ts';
import { checkExpiry } from '#test/faults/invariants/revisions.ts';
import { checkDisposal } from '#test/faults/invariants/snapshots.ts';
import { isAtRest, listReached } from '#test/faults/invariants/rest.ts';

import type { Protection } from './protections.ts';
import { type InjectedFault, Simulation } from './simulation.ts';
import { faultSeconds, makeWorkload, play } from './workload.ts';
import { ModelWorld } from './world.ts';

/** How long the system has to come to rest after the last fault: every deadline has passed by then. */
const calmSeconds = 300 * 60;
const quietMinutes = 3;
const likelihood = 0.05;

export interface ScheduleOptions {
  readonly seed: number;
  readonly without?: Protection | undefined;
  /** Calls without their faults, and steps that are left out: to find the shortest schedule that still fails. */
  readonly spared?: ReadonlySet<number>;
  readonly dropped?: ReadonlySet<number>;
}

export interface Outcome {
  readonly seed: number;
  readonly steps: readonly { readonly number: number; readonly at: number; readonly text: string }[];
  readonly faults: readonly InjectedFault[];
  readonly violations: readonly string[];
  readonly reached: readonly string[];
  /** What was left out of the schedule. */
  readonly without: Pick<ScheduleOptions, 'spared' | 'dropped'>;
}

/** Runs one schedule of steps and faults, which follow from the seed. */
export const runSchedule = async ({
  seed,
  without,
  spared = new Set(),
  dropped = new Set(),
}: ScheduleOptions): Promise<Outcome> => {
  const simulation = new Simulation({ seed, likelihood, spared });
  const violations: string[] = [];
  const created = new Map<string, number>();
  const workload = makeWorkload(seed);
  const steps = workload.steps.filter((_, index) => !dropped.has(index));
  const byHand = new Set(steps.filter(({ text }) => /^(kubectl|the JobManager)/.test(text)).map(({ text }) => text));
  const world: ModelWorld = new ModelWorld(simulation, seed, {
    without,
    watchers: {
      onCreate: (deployment) => {
        if (byHand.size === 0) violations.push(...checkCreation(deployment, created, world));
      },
      onDelete: (deployment) => violations.push(...checkDeletion(deployment, world)),
      onDisposal: (path) => violations.push(...checkDisposal(path, world)),
    },
    onTransition: (transition) => violations.push(...checkTransition(transition, world)),
  });
  play(steps, world, simulation);
  void world.dispatchReconcileEachMinute();

  await simulation.runUntil(faultSeconds);
  simulation.stormy = false;
  for (let minute = 1, quiet = 0; quiet < quietMinutes && minute * 60 <= calmSeconds; minute += 1) {
    await simulation.runUntil(faultSeconds + minute * 60);
    quiet = isAtRest(world) ? quiet + 1 : 0;
  }

  violations.push(...listViolations(world, workload, byHand), ...(await checkExpiry(world, simulation)));
  return {
    seed,
    steps: workload.steps
      .map(({ at, text }, number) => ({ number, at, text }))
      .filter(({ number }) => !dropped.has(number)),
    faults: simulation.faults,
    violations: [...new Set(violations)],
    reached: listReached(world),
    without: { spared, dropped },
  };
};

/** Leaves out faults and steps, one after the other, as long as the schedule still violates an invariant. */
export const shorten = async (outcome: Outcome, without?: Protection, maxRuns = 300): Promise<Outcome> => {
  let best = outcome;
  let [spared, dropped] = [new Set<number>(), new Set<number>()];
  let runs = 0;
  for (let progress = true; progress && runs < maxRuns;) {
    progress = false;
    const attempts = [
      ...best.steps.map(({ number }) => ({ spared, dropped: new Set([...dropped, number]) })),
      ...best.faults.map(({ call }) => ({ spared: new Set([...spared, call]), dropped })),
    ];
    for (const attempt of attempts) {
      if ((runs += 1) > maxRuns) break;
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

/** Formats a schedule for people, in the order of time. */
export const format = ({ seed, steps, faults, violations }: Outcome): string =>
  [
    `seed ${seed}:`,
    ...[...steps, ...faults]
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, text }) => `  ${at.toFixed(2).padStart(8)} s  ${text}`),
    ...violations.map((violation) => `  VIOLATED: ${violation}`),
  ].join('\n');
