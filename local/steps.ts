import { Listr, PRESET_TIMER, PRESET_TIMESTAMP, type ListrTask } from 'listr2';

/** One thing to do, or several: in their order, or side by side. */
export type Step =
  | { readonly title: string; readonly run: (note: (text: string) => void) => Promise<void>; readonly skip?: Skip }
  | { readonly title: string; readonly steps: readonly Step[]; readonly together?: boolean; readonly skip?: Skip };

/** The reason to leave a step out, asked when its turn comes. */
type Skip = () => string | false;

export type Report = 'lines' | 'live' | 'silent';

/** A moving picture for people, lines for a log. */
export const usualReport = (): Report => (process.stdout.isTTY && !process.env['CI'] ? 'live' : 'lines');

const timer = { ...PRESET_TIMER, field: (ms: number) => `${(ms / 1_000).toFixed(1)} s` };

/** Does the steps, shows each with the time it took, and throws what the first failing one threw. */
export const runSteps = async (steps: readonly Step[], report: Report): Promise<void> => {
  const tasks = steps.map(toTask);
  if (report === 'live') {
    await new Listr(tasks, { rendererOptions: { timer, collapseSubtasks: false } }).run();
  } else if (report === 'lines') {
    await new Listr(tasks, { renderer: 'simple', rendererOptions: { timer, timestamp: PRESET_TIMESTAMP } }).run();
  } else {
    await new Listr(tasks, { renderer: 'silent' }).run();
  }
};

const toTask = (step: Step): ListrTask => ({
  title: step.title,
  skip: step.skip ?? (() => false),
  task: (_context, task) =>
    'steps' in step
      ? task.newListr(step.steps.map(toTask), { concurrent: step.together ?? false, exitOnError: true })
      : step.run((text) => {
          task.output = text;
        }),
});
