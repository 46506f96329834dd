import { describe, expect, it } from 'vitest';

import { operation } from '#test/unit/cli/operation-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();

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
