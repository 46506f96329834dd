import { parentPort, workerData } from 'node:worker_threads';

import './environment.ts';
import type { Outcome } from './schedule.ts';

/** The schedules of one worker. */
export interface Share {
  readonly first: number;
  readonly count: number;
  readonly step: number;
}

/** The results of some schedules. */
export interface Report {
  readonly schedules: number;
  readonly faults: number;
  readonly reached: readonly string[];
  readonly violated: readonly Outcome[];
}

const { runSchedule } = await import('./schedule.ts');
const { first, count, step } = workerData as Share;
const reportEach = 50;

let report = { schedules: 0, faults: 0, reached: [] as string[], violated: [] as Outcome[] };
for (let done = 1; done <= count; done += 1) {
  const outcome = await runSchedule({ seed: first + (done - 1) * step });
  report.schedules += 1;
  report.faults += outcome.faults.length;
  report.reached.push(...outcome.reached);
  if (outcome.violations.length > 0) report.violated.push(outcome);
  if (done % reportEach !== 0 && done !== count) continue;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows, and this is a thread
  parentPort?.postMessage(report satisfies Report);
  report = { schedules: 0, faults: 0, reached: [], violated: [] };
}
