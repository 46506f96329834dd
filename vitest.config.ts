import { defineConfig } from 'vitest/config';

import { environment } from './test/support/environment.ts';

const project = (name: string, seconds: number) => ({
  name,
  include: [`test/${name}/**/*.test.ts`],
  testTimeout: seconds * 1000,
  hookTimeout: seconds * 1000,
});

/** Tests that share the one local system. They wait more than they compute, so some files run side by side. */
const onSystem = (name: string, { files, turn }: { readonly files: number; readonly turn: number }) => ({
  ...project(name, 600),
  maxWorkers: files,
  sequence: { groupOrder: turn },
  globalSetup: 'test/support/setup.ts',
});

export default defineConfig({
  test: {
    env: environment,
    // On CI each run leaves its numbers, to be added up.
    reporters:
      process.env['CI'] === undefined
        ? ['default']
        : ['default', ['json', { outputFile: `.local/results/${process.pid}.json` }]],
    projects: [
      { extends: true, test: project('unit', 20) },
      { extends: true, test: project('faults', 300) },
      { extends: true, test: project('parsers', 300) },
      { extends: true, test: { ...project('terminal', 180), globalSetup: 'test/terminal/setup.ts' } },
      { extends: true, test: { ...project('template', 900), globalSetup: 'test/template/setup.ts' } },
      { extends: true, test: onSystem('integration', { files: 2, turn: 1 }) },
      { extends: true, test: onSystem('acceptance', { files: 2, turn: 1 }) },
      // They take from the others what these need.
      { extends: true, test: onSystem('outages', { files: 1, turn: 2 }) },
    ],
  },
});
