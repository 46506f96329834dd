import { describe, expect, it } from 'vitest';

import type { Operation } from '#events/operation.ts';
import { drey } from '#test/unit/cli/drey.ts';
import type { Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

const server = useLoopbackApi();
const targets = { 'GET /v1/targets': { body: { targets: [{ name: 'local' }] } } };
const run = (replies: Replies, words: readonly string[], input = '') => {
  server.answer({ ...targets, ...replies });
  return drey(words, { api: server.url, input });
};
const id = (digit: string) => digit.repeat(32);
const time = '2026-11-24T12:00:00.000Z';
const operation = (fields: Partial<Operation> = {}): Operation => ({
  operationId: id('a'),
  kind: 'deploy',
  target: 'local',
  clusterId: 'nightly',
  state: 'SUCCEEDED',
  origin: 'http',
  createdAt: time,
  updatedAt: time,
  deadline: time,
  ...fields,
});

describe('options about the admission queue', () => {
  it('go with a deploy', async () => {
    const words = [
      'kubernetes-session',
      '--no-wait',
      '-Ddrey.priority=7',
      '-Ddrey.depends-on=first, second',
      '-Ddrey.deadline=2026-11-25T06:00:00+01:00',
      '-Ddrey.correlation-id=mine',
      '-Ddrey.team=etl',
    ];
    await run({ 'POST /v1/targets/local/clusters': { status: 202, body: { operation: operation() } } }, words);

    expect(server.received.find(({ method }) => method === 'POST')?.json).toMatchObject({
      priority: 7,
      dependsOn: ['first', 'second'],
      deadline: '2026-11-25T05:00:00.000Z',
      correlationId: 'mine',
      labels: { team: 'etl' },
    });
  });

  it.each([
    ['-Ddrey.priority=high', 'must be a whole number'],
    ['-Ddrey.deadline=soon', 'must be a time such as'],
  ])('refuses an invalid value: %s', async (word, message) => {
    const { code, stdout } = await run({}, ['kubernetes-session', word]);

    expect(code).toBe(1);
    expect(stdout).toContain(message);
  });
});
