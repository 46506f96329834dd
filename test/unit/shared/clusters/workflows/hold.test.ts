import { describe, expect, it } from 'vitest';

import { toStopTriggerId } from '#shared/clusters/model/snapshot.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { getStep } from '#test/fakes/workflows.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  getLastOperation,
  savepointDirectory,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { run, secondsNow, startWithin, stopWithin } from '#test/unit/shared/clusters/workflows/timed-run.ts';

describe('the startup machine', () => {
  it.each([
    [3, 9.9],
    [45, 51.3],
    [52, 60],
    [170, 179],
  ])(
    'records RUNNING half a second after REST answers (container %f s, REST %f s)',
    async (containerSeconds, restSeconds) => {
      const { afterRestSeconds } = await startWithin({ containerSeconds, restSeconds });

      expect((await getCluster())?.state).toBe('RUNNING');
      expect(afterRestSeconds).toBeGreaterThanOrEqual(0);
      expect(afterRestSeconds).toBeLessThanOrEqual(0.5);
    },
  );

  it('needs 0.4 times the state transitions of polls for a start of a minute', async () => {
    const transitionsOfPolls = 48;

    const { transitions, maxHeldSeconds } = await startWithin({ containerSeconds: 52, restSeconds: 60 });

    expect(transitions).toBeLessThanOrEqual(0.4 * transitionsOfPolls);
    // The function has 60 s, and a request to an API server that does not answer takes up to 18 s of them.
    expect(maxHeldSeconds).toBeLessThanOrEqual(22);
  });

  it('occupies no function after three minutes without a container', async () => {
    const { heldSeconds, seconds } = await startWithin({ containerSeconds: 480, restSeconds: 490 });

    expect((await getCluster())?.state).toBe('RUNNING');
    expect(seconds).toBeGreaterThanOrEqual(490);
    expect(heldSeconds).toBeLessThanOrEqual(9 * 20 + 20);
  });

  it('occupies no function when REST does not answer for long', async () => {
    const { heldSeconds } = await startWithin({ containerSeconds: 5, restSeconds: 490 });

    expect((await getCluster())?.state).toBe('RUNNING');
    expect(heldSeconds).toBeLessThanOrEqual(9 * 20 + 60);
  });

  it('sees at once that a stop supersedes the deploy', async () => {
    world.kubernetes.startsAtOnce = false;
    await sendHttp('deploy', { clusterId, data: session }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    const ports: Ports = {
      ...world.ports,
      sleep: async (ms) => {
        world.passTime(ms / 1_000);
        if (getLastOperation()?.kind === 'deploy') await sendHttp('stop', { clusterId }, world);
      },
    };

    const began = secondsNow();
    const next = await getStep('startup', 'assess')({ operationId }, ports);

    expect(next).toEqual({ operationId, outcome: 'over' });
    expect(secondsNow() - began).toBeLessThanOrEqual(2);
  });
});

describe('the cleanup machine', () => {
  it('needs 7 state transitions for a removal of ten seconds', async () => {
    await sendHttp('deploy', { clusterId, data: session }, world);
    await world.workflows.runAll(world.ports);
    const { transitions, seconds } = await stopWithin(10);

    expect((await getCluster())?.state).toBe('STOPPED');
    expect(transitions).toBe(7);
    expect(seconds).toBeLessThanOrEqual(13);
  });

  it.each([
    [1, 0.5],
    [10, 2],
    [150, 3],
    [600, 15],
  ])('notices a savepoint that takes %f s within %f s', async (takenSeconds, lateSeconds) => {
    await startSession(sendHttp);
    const jobId = await submitJob(sendHttp);
    getFlink().savepoint = () => 'in-progress';
    await sendHttp('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    const triggerId = toStopTriggerId(getLastOperation()?.operationId ?? '', jobId);
    const complete = () => getFlink().complete(jobId, triggerId, `${savepointDirectory}/one`);

    const { seconds } = await run('cleanup', [[takenSeconds, complete]]);

    expect((await getCluster())?.state).toBe('STOPPED');
    expect(seconds - takenSeconds).toBeLessThanOrEqual(lateSeconds);
  });
});
