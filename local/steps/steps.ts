import { Listr, type ListrTask, PRESET_TIMER, PRESET_TIMESTAMP } from 'listr2';

/** One action, or several that run in order or concurrently. */
export type Step =
  | { readonly title: string; readonly run: (progress: Progress) => Promise<void>; readonly skip?: Skip }
  | { readonly title: string; readonly steps: readonly Step[]; readonly concurrent?: boolean; readonly skip?: Skip };

/** Receives the progress of a step while the step runs. */
export interface Progress {
  /** Shows a line of text. */
  readonly note: (text: string) => void;
  /** How often a step that changes all the time calls `note`. */
  readonly intervalSeconds: number;
}

/** Returns why the step is skipped, or false. Called before the step starts. */
type Skip = () => string | false;

/** `live` rewrites the terminal, `lines` suits a log. */
export type Report = 'lines' | 'live' | 'silent';

export const defaultReport = (): Report => (process.stdout.isTTY && !process.env['CI'] ? 'live' : 'lines');

const timer = { ...PRESET_TIMER, field: (ms: number) => `${(ms / 1_000).toFixed(1)} s` };

/**
 * Runs the steps and shows each one with its duration.
 *
 * @throws The error of the first step that fails.
 */
export const runSteps = async (steps: readonly Step[], report: Report): Promise<void> => {
  const tasks = steps.map((step) => toTask(step, report === 'live' ? 1 : 15));
  if (report === 'live') {
    await new Listr(tasks, { rendererOptions: { timer, collapseSubtasks: false } }).run();
  } else if (report === 'lines') {
    await new Listr(tasks, { renderer: 'simple', rendererOptions: { timer, timestamp: PRESET_TIMESTAMP } }).run();
  } else {
    await new Listr(tasks, { renderer: 'silent' }).run();
  }
};

const toTask = (step: Step, intervalSeconds: number): ListrTask => ({
  title: step.title,
  skip: step.skip ?? (() => false),
  task: (_context, task) =>
    'steps' in step
      ? task.newListr(
          step.steps.map((child) => toTask(child, intervalSeconds)),
          { concurrent: step.concurrent ?? false, exitOnError: true },
        )
      : step.run({
          intervalSeconds,
          note: (text) => {
            task.output = text;
          },
        }),
});
