import type { Operation } from '#events/records/operation.ts';

import type { Replies } from './loopback-api.ts';
import { id, operation as newOperation, operationAt, time } from './operation-fixture.ts';

export { id, time };
export const cluster = '/v1/targets/local/clusters/nightly';

const later = (seconds: number) => new Date(Date.parse(time) + seconds * 1_000).toISOString();

/** An apply that replaced revision 1 of the application `nightly` by revision 2. */
export const rollout = {
  phase: 'Verifying' as const,
  phases: [
    { name: 'Checking' as const, at: time },
    { name: 'Snapshotting' as const, at: later(2) },
    { name: 'Starting' as const, at: later(9) },
    { name: 'Verifying' as const, at: later(20) },
  ],
  from: 1,
  to: 2,
  stateBytes: 1_572_864,
};

export const applied = (fields: Partial<Operation> = {}): Operation =>
  newOperation({ kind: 'apply', deadline: '2099-01-01T00:00:00.000Z', rollout, ...fields });

export const rolledBack = applied({
  state: 'FAILED',
  problem: {
    type: 'docs/problems.md#rollout-failed',
    title: 'Rollout failed',
    status: 502,
    code: 'rollout-failed',
    retryable: false,
    reason: 'ImagePullBackOff',
    detail:
      'Revision 2 did not start (ImagePullBackOff): no such image. Revision 3, the spec of revision 1, runs again from savepoint s3://bucket/savepoint-1.',
  },
  rollout: {
    ...rollout,
    rolledBackTo: 1,
    snapshot: { kind: 'savepoint', path: 's3://bucket/savepoint-1', at: later(8) },
  },
});

/** The answers to a command that starts a rollout which ends as this operation. */
export const answersTo = (route: string, end: Operation): Replies => ({
  [route]: { status: 202, body: { operation: { ...end, state: 'IN_PROGRESS', problem: undefined } } },
  ...operationAt(end),
  [`GET ${cluster}`]: { body: { target: 'local', clusterId: 'nightly', state: 'RUNNING' } },
});
