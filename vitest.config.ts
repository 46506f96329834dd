import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

import { attackReport } from './test/support/attack-report.ts';
import { environment } from './test/support/environment.ts';

const project = (name: string, seconds: number) => ({
  name,
  include: [`test/${name}/**/*.test.ts`],
  testTimeout: seconds * 1000,
  hookTimeout: seconds * 1000,
});

/** Vitest leaves one processor free, which is half of a small machine. */
const allProcessors = { maxWorkers: '100%' };

/** Tests of the page in a simulated browser. Cloudscape's modules import style sheets, which Node cannot. */
const dashboard = {
  ...project('dashboard', 20),
  include: ['test/dashboard/**/*.test.{ts,tsx}'],
  environment: 'jsdom',
  setupFiles: 'test/dashboard/support/setup.ts',
  server: { deps: { inline: [/@cloudscape-design/] } },
};

/** The schedules with faults compute, and `outages` waits, so they run together at the end. */
const schedules = 'test/faults/schedules.test.ts';
const last = { files: 2, turn: 2 };

/** Tests that share the one local system. They wait more than they compute, so some files run side by side. */
const onSystem = (name: string, { files, turn }: { readonly files: number; readonly turn: number }) => ({
  ...project(name, 600),
  maxWorkers: files,
  sequence: { groupOrder: turn },
  globalSetup: 'test/support/setup.ts',
});

/** Files that wait for timers or for one step after another. Others run beside them when these start first. */
const longest = [
  'acceptance/rollout',
  'acceptance/failed-rollout',
  'acceptance/rollout-job-managers',
  'acceptance/snapshots',
  'acceptance/last-state',
  'acceptance/lifetime',
  'acceptance/restore',
  'integration/lifetime-timers',
  'integration/schedules',
];
const isLong = ({ moduleId }: TestSpecification) => longest.some((file) => moduleId.endsWith(`${file}.test.ts`));

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** The numbers of a run, which CI adds up. */
const results: ['json', { outputFile: string }] = ['json', { outputFile: `.local/results/${process.pid}.json` }];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    env: environment,
    reporters: process.env['CI'] === undefined ? ['default', attackReport] : ['default', attackReport, results],
    projects: [
      { extends: true, test: { ...project('unit', 20), ...allProcessors } },
      { extends: true, test: { ...dashboard, ...allProcessors } },
      { extends: true, test: { ...project('faults', 300), ...allProcessors, exclude: [schedules] } },
      { extends: true, test: { ...project('parsers', 300), ...allProcessors } },
      { extends: true, test: { ...project('terminal', 180), ...allProcessors, globalSetup: 'test/terminal/setup.ts' } },
      { extends: true, test: { ...project('template', 900), ...allProcessors, globalSetup: 'test/template/setup.ts' } },
      { extends: true, test: onSystem('integration', { files: 3, turn: 1 }) },
      { extends: true, test: onSystem('acceptance', { files: 3, turn: 1 }) },
      { extends: true, test: onSystem('security', { files: 3, turn: 1 }) },
      // They take from the others what these need.
      { extends: true, test: onSystem('outages', last) },
      {
        extends: true,
        test: {
          ...project('schedules', 1_800),
          include: [schedules],
          maxWorkers: last.files,
          sequence: { groupOrder: last.turn },
        },
      },
    ],
  },
});
