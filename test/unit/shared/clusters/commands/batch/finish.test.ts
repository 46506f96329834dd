import { describe, expect, it } from 'vitest';

import { operationHandler } from '#functions/operation.ts';
import type { VerdictRecord } from '#shared/clusters/model/records/outbox.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { world } from '#test/unit/shared/clusters/fixture.ts';

import { data, getBatch, getBatchId, listDeploys, publishVerdicts } from './fixture.ts';

describe('the end of a batch', () => {
  const send = sendHttp;
  const applicationVerdict = (index: number, verdict: VerdictRecord['verdict'], message?: string): VerdictRecord => ({
    operationId: listDeploys().find(({ batchIndex }) => batchIndex === index)?.operationId ?? '',
    target: 'local',
    verdict,
    at: '2026-11-23T12:00:00.000Z',
    ...(message === undefined ? {} : { message }),
  });

  it('succeeds when all of its items have FINISHED', async () => {
    await send('batch', { data: { ...data, correlationId: 'backfill' } }, world);
    await runQueues(world);
    await publishVerdicts([applicationVerdict(0, 'FINISHED')]);
    const before = getBatch()?.state;
    await publishVerdicts([applicationVerdict(1, 'FINISHED')]);
    await publishVerdicts([world.store.verdicts.get(getBatchId())!]);

    expect(before).toBe('IN_PROGRESS');
    expect(getBatch()).toMatchObject({ state: 'SUCCEEDED' });
    expect(world.bus.published.at(-1)).toMatchObject({
      type: 'Flink Command Finished',
      detail: { kind: 'batch', verdict: 'FINISHED', correlationId: 'backfill', operationId: getBatchId() },
    });
  });

  it('fails with the causes when some of its items did not finish', async () => {
    await send('batch', { data }, world);
    await runQueues(world);
    await publishVerdicts([applicationVerdict(0, 'FINISHED'), applicationVerdict(1, 'FAILED', 'no such file')]);

    expect(getBatch()).toMatchObject({
      state: 'FAILED',
      problem: {
        code: 'items-failed',
        detail: '1 of 2 batch items did not finish.',
        errors: [{ pointer: '/parameters/1', detail: 'days-1 FAILED: no such file' }],
      },
    });
    const { body } = await callHandler(
      operationHandler(world.ports),
      makeHttpEvent('GET /v1/targets/{target}/operations/{operationId}/items', {
        target: 'local',
        operationId: getBatchId(),
      }),
    );
    expect(body['batchItems']).toMatchObject([{ verdict: 'FINISHED' }, { verdict: 'FAILED', message: 'no such file' }]);
  });

  it('counts a rejected row as a failed item', async () => {
    await send('deploy', { clusterId: 'days-0', data: { mode: 'session' } }, world);
    await send('batch', { data }, world);
    await runQueues(world);
    const second = listDeploys().find(({ clusterId }) => clusterId === 'days-1');
    await publishVerdicts([{ ...applicationVerdict(1, 'FINISHED'), operationId: second?.operationId ?? '' }]);

    expect(getBatch()).toMatchObject({ state: 'FAILED', problem: { detail: '1 of 2 batch items did not finish.' } });
  });

  it('completes the Step Functions task that waits for it', async () => {
    await send('batch', { data: { ...data, taskToken: 'token' } }, world);
    await runQueues(world);
    await publishVerdicts([applicationVerdict(0, 'FINISHED'), applicationVerdict(1, 'FINISHED')]);
    await publishVerdicts([world.store.verdicts.get(getBatchId())!]);

    expect(world.callbacks.completed).toMatchObject([{ taskToken: 'token', output: { verdict: 'FINISHED' } }]);
    expect(JSON.stringify(world.bus.published)).not.toContain('"token"');
  });
});
