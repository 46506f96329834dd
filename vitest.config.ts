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
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: seconds * 1000, hookTimeout: seconds * 1000 },
});

export default defineConfig({
  test: {
    env: environment,
    projects: [
      project('unit', 20),
      // These share one local system: one after the other.
      { ...project('integration', 120), test: { ...project('integration', 120).test, fileParallelism: false } },
      { ...project('acceptance', 900), test: { ...project('acceptance', 900).test, fileParallelism: false } },
    ],
  },
});
