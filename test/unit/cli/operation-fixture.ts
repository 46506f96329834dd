import type { Operation } from '#events/records/operation.ts';

import type { Replies } from './loopback-api.ts';

export const id = (digit: string) => digit.repeat(32);
export const time = '2026-11-24T12:00:00.000Z';
/** An operation that deployed the application `nightly`. */
export const operation = (fields: Partial<Operation> = {}): Operation => ({
  operationId: id('a'),
  kind: 'deploy',
  target: 'local',
  clusterId: 'nightly',
  state: 'SUCCEEDED',
  origin: 'http',
  principal: 'arn:aws:iam::000000000000:user/ada',
  createdAt: time,
  updatedAt: time,
  deadline: time,
  ...fields,
});
export const operationAt = (one: Operation): Replies => ({
  [`GET /v1/targets/local/operations/${one.operationId}`]: { body: one },
});
