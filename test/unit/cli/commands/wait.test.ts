import { describe, expect, it } from 'vitest';

import { Fault, toProblem } from '#events/problems/problem.ts';
import type { Replies } from '#test/unit/cli/loopback-api.ts';
import { id, operation, operationAt } from '#test/unit/cli/operation-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { run } = useLocalTarget();
describe('drey wait', () => {
  it('ends with 0 when all have FINISHED', async () => {
    const replies = {
      ...operationAt(operation({ verdict: 'FINISHED' })),
      ...operationAt(operation({ operationId: id('b'), clusterId: 'other', verdict: 'FINISHED' })),
    };
    const { code, stdout } = await run(replies, ['wait', id('a'), id('b')]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/a{32} +deploy +nightly +FINISHED\nb{32} +deploy +other +FINISHED/);
  });

  it('ends with 1 and the root cause of a program that failed', async () => {
    const verdictMessage = 'ArithmeticException: / by zero';
    const replies = operationAt(operation({ verdict: 'FAILED', verdictMessage }));
    const { code, stderr } = await run(replies, ['wait', id('a')]);
    const shown = await run(replies, ['operation', id('a')]);

    expect(code).toBe(1);
    expect(stderr).toContain('nightly: FAILED: ArithmeticException: / by zero');
    expect(shown.stdout).toMatch(/Cause: +ArithmeticException: \/ by zero/);
  });

  it('exits with 1 and the causes when some are not FINISHED, with the items of a batch', async () => {
    const replies = {
      ...operationAt(
        operation({
          kind: 'batch',
          clusterId: 'days',
          state: 'FAILED',
          problem: toProblem(new Fault('items-failed', '1 of 2 did not finish')),
          verdict: 'FAILED',
          verdictMessage: '1 of 2 did not finish',
        }),
      ),
      [`GET /v1/targets/local/operations/${id('a')}/items`]: {
        body: {
          batchItems: [
            { batchId: id('a'), batchIndex: 0, clusterId: 'days-0', verdict: 'FINISHED' },
            { batchId: id('a'), batchIndex: 1, clusterId: 'days-1', verdict: 'FAILED', message: 'no such file' },
          ],
        },
      },
    };
    const { code, stderr } = await run(replies, ['wait', id('a')]);

    expect(code).toBe(1);
    expect(stderr).toContain('1 of 1 operations are not FINISHED.');
    expect(stderr).toContain('days: FAILED: 1 of 2 did not finish');
    expect(stderr).toContain('days-1: FAILED: no such file');
    expect(stderr).not.toContain('days-0');
  });

  it('waits until there is a verdict', async () => {
    let asked = 0;
    const replies: Replies = {
      [`GET /v1/targets/local/operations/${id('a')}`]: () => {
        asked += 1;
        return {
          body:
            asked < 2
              ? operation({ state: 'QUEUED', phase: 'WaitingForQuota: cpu 12/12' })
              : operation({ verdict: 'FINISHED' }),
        };
      },
    };
    const { code, stderr } = await run(replies, ['wait', id('a')]);

    expect(code).toBe(0);
    expect(stderr).toContain('WaitingForQuota: cpu 12/12');
  });

  it('stops waiting after the timeout, and reports the open operations', async () => {
    const { code, stderr } = await run(
      operationAt(operation({ state: 'QUEUED', phase: 'Paused: starts are paused' })),
      ['wait', id('a'), '--timeout', '1ms'],
    );

    expect(code).toBe(1);
    expect(stderr).toContain('1 of 1 operations are not FINISHED; 1 of them are still open.');
    expect(stderr).toContain('nightly: QUEUED: Paused: starts are paused');
  });
});
