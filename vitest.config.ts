import { defineConfig } from 'vitest/config';

import { environment } from './test/support/environment.ts';

const project = (name: string, seconds: number) => ({
  name,
  include: [`test/${name}/**/*.test.ts`],
  testTimeout: seconds * 1000,
  hookTimeout: seconds * 1000,
});

/** Tests that share the one local system: one file after the other. */
const onSystem = (name: string, seconds: number) => ({
  ...project(name, seconds),
  fileParallelism: false,
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
      { extends: true, test: { ...project('terminal', 60), globalSetup: 'test/terminal/setup.ts' } },
      { extends: true, test: onSystem('integration', 120) },
      { extends: true, test: onSystem('acceptance', 600) },
    ],
  },
});
