import { describe, expect, it } from 'vitest';

import { maskMessage } from '#events/mask-message.ts';

const mask = '******';

describe('a message that Drey keeps', () => {
  it('has what identifies it, its structure, and no other text', () => {
    const message = {
      specversion: '1.0',
      id: 'nightly-1',
      type: 'drey.command.deploy.v1',
      source: 'ci',
      subject: 'targets/etl/clusters/nightly',
      datacontent: 'hunter2',
      data: {
        mode: 'session',
        clusterId: 'nightly',
        config: { 's3.secret-key': 'hunter2', 'rest.port': 8081, 'a.b': true },
        job: { args: ['--password', 'hunter2', 42], jar: 'https://u:hunter2@example.com/a.jar' },
      },
    };

    expect(JSON.parse(maskMessage(JSON.stringify(message)))).toEqual({
      ...message,
      datacontent: mask,
      data: {
        mode: mask,
        clusterId: 'nightly',
        config: { 's3.secret-key': mask, 'rest.port': mask, 'a.b': true },
        job: { args: [mask, mask, mask], jar: mask },
      },
    });
  });

  it.each(['hunter2', '{"data": "hunter2"', '"hunter2"', '[{"id": "hunter2"}]'])('has nothing of %s', (body) => {
    expect(maskMessage(body)).not.toContain('hunter2');
  });

  it('has no secret in what identifies it, or in a name', () => {
    const message = {
      subject: 'https://u:hunter2@host',
      data: { 'DB_PASSWORD=hunter2': 1, clusterId: { a: 'hunter2' } },
    };

    expect(maskMessage(JSON.stringify(message))).not.toContain('hunter2');
  });

  it('takes a time that does not grow with its depth', () => {
    const nest = (levels: number) => `${'['.repeat(levels)}${Array(20_000).fill('"a"').join(',')}${']'.repeat(levels)}`;
    const measureMs = (body: string) => {
      const times = [1, 2, 3].map(() => {
        const startedMs = performance.now();
        maskMessage(body);
        return performance.now() - startedMs;
      });
      return Math.min(...times);
    };

    expect(maskMessage(nest(1_000))).toContain(`[[["${mask}"`);
    // The path of each text would be a factor of about 40.
    expect(measureMs(nest(1_000))).toBeLessThan(15 * Math.max(1, measureMs(nest(2))));
  });
});
