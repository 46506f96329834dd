import { describe, expect, it } from 'vitest';

import type { Ports } from '#shared/clusters/ports/ports.ts';
import { resumeStalled } from '#shared/clusters/reconcile/stalled/resume-stalled.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getLastOperation,
  listStates,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('cancel from %s', (_origin, send) => {
  it('ends the job and records its state', async () => {
    const jobId = await submitJob(send);

    const outcome = await send('cancel', { clusterId, jobId }, world);

    expect(outcome.outcome).toBe('done');
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'CANCELED' } });
    expect(listStates().at(-1)).toBe('job CANCELED');
  });

  it('rejects a job that has ended, and an unknown job', async () => {
    const jobId = await submitJob(send);
    world.kubernetes.cluster(clusterId).flink.setState(jobId, 'FINISHED');

    expect(await send('cancel', { clusterId, jobId }, world)).toMatchObject({ code: 'wrong-state' });
    expect(await send('cancel', { clusterId, jobId: 'f'.repeat(32) }, world)).toMatchObject({ code: 'not-found' });
  });

  it('cancels a job that Drey did not submit', async () => {
    await startSession(send);
    world.kubernetes.cluster(clusterId).flink.addJob('a'.repeat(32));

    expect(await send('cancel', { clusterId, jobId: 'A'.repeat(32) }, world)).toMatchObject({ outcome: 'done' });
  });

  it('keeps the failure of a cancel operation that its deadline ended', async () => {
    const jobId = await submitJob(send);
    const { sleep } = world.ports;
    let pauses = 0;
    const ports: Ports = {
      ...world.ports,
      sleep: async (ms) => {
        pauses += 1;
        if (pauses > 1) return sleep(ms);
        world.passTime(120);
        await resumeStalled(getLastOperation()?.operationId ?? '', world.ports);
      },
    };
    world.kubernetes.cluster(clusterId).flink.cancelsSlowly = true;

    await send('cancel', { clusterId, jobId }, { ...world, ports });

    expect(getLastOperation()).toMatchObject({
      kind: 'cancel',
      state: 'FAILED',
      problem: { code: 'deadline-exceeded' },
    });
  });
});
