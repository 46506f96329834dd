import { defineConfig } from 'vitest/config';

/** What the functions read from their environment when they are loaded. Unit tests hand in ports: none of it is used. */
const environment = {
  DREY_TABLE: 'table',
  DREY_BUS: 'bus',
  DREY_REJECTED_QUEUE_URL: 'http://127.0.0.1/rejected',
  DREY_BUCKET: 'uploads',
  DREY_MACHINE_ARN_PREFIX: 'arn:aws:states:us-east-1:000000000000:stateMachine:drey-',
  DREY_KUBERNETES_ROLE_ARN: 'arn:aws:iam::000000000000:role/drey-kubernetes',
  DREY_VERSION: '0.0.0',
  AWS_REGION: 'us-east-1',
  POWERTOOLS_LOG_LEVEL: 'CRITICAL',
  POWERTOOLS_METRICS_DISABLED: 'true',
};

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
      { extends: true, test: onSystem('integration', 120) },
      { extends: true, test: onSystem('acceptance', 600) },
    ],
  },
});
