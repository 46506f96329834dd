import { describe, expect, it } from 'vitest';

import type { Replies } from '#test/unit/cli/loopback-api.ts';
import { id, operation, operationAt } from '#test/unit/cli/operation-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
describe('drey batch', () => {
  const accepted = operation({ kind: 'batch', clusterId: 'days', state: 'PENDING' });
  const replies: Replies = {
    'POST /v1/targets/local/batches': { status: 202, body: { operation: accepted } },
    ...operationAt({ ...accepted, verdict: 'FINISHED' }),
  };
  const text = 'name: days\ntemplate: { mode: application }\nparameters:\n  - day: "1"\n';

  it('sends the file, and prints how to wait', async () => {
    const { code, stdout, stderr } = await run(replies, ['batch', '-'], text);

    expect(code).toBe(0);
    expect(server.received.at(-1)?.json).toEqual({
      name: 'days',
      template: { mode: 'application' },
      parameters: [{ day: '1' }],
    });
    expect(stdout).toBe(`Batch days is accepted. Operation: ${id('a')}.\n`);
    expect(stderr).toContain(`drey wait ${id('a')}`);
  });

  it('names the target of the batch to who named it on the command line', async () => {
    const { stderr } = await run(replies, ['batch', '-', '--at', 'local'], text);

    expect(stderr).toContain(`drey wait ${id('a')} --at local`);
  });

  it('waits for the verdict with --wait', async () => {
    const { code, stdout } = await run(replies, ['batch', '--wait', '-'], text);

    expect(code).toBe(0);
    expect(stdout).toMatch(/batch +days +FINISHED/);
  });

  it('shows its progress while it waits', async () => {
    let asked = 0;
    const open = { ...accepted, state: 'IN_PROGRESS' as const, phase: '3 deploys sent' };
    const { stderr } = await run(
      {
        ...replies,
        [`GET /v1/targets/local/operations/${id('a')}`]: () => ({
          body: asked++ === 0 ? open : { ...accepted, verdict: 'FINISHED' },
        }),
        [`GET /v1/targets/local/operations/${id('a')}/items`]: {
          body: { batchItems: [{ verdict: 'FINISHED' }, { verdict: 'FAILED' }, {}] },
        },
      },
      ['batch', '--wait', '-'],
      text,
    );

    expect(stderr).toContain(': 3 deploys sent; 1 FINISHED, 1 FAILED, 1 open');
  });
});
