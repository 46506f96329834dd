import type { LocalSystem } from '#local/system.ts';
import { runLoad } from '#test/load/load.ts';

export interface QueueFigures {
  /** At most so many clusters at once. Undefined: no limit. */
  readonly limit: number | undefined;
  readonly commands: number;
  readonly acceptedPerSecond: number;
  readonly appliedPerSecond: number;
  readonly violations: readonly string[];
}

/** Sends the same load to a target without and with a limit, which all of the commands are within. */
export const measureQueue = async (system: LocalSystem, commands: number): Promise<readonly QueueFigures[]> => {
  const figures: QueueFigures[] = [];
  for (const limit of commands === 0 ? [] : [undefined, 2 * commands]) {
    const load = { commands, limit, holdMs: 1_000, killMs: 0 };
    const report = await runLoad(system, load, (line) => process.stderr.write(`${line}\n`));
    figures.push({
      limit,
      commands,
      acceptedPerSecond: commands / report.acceptSeconds,
      appliedPerSecond: commands / report.applySeconds,
      violations: report.violations,
    });
  }
  return figures;
};
