import { describe, expect, it } from 'vitest';

import { protections } from './protections.ts';
import { runSchedule, shorten } from './schedule.ts';

/** Several times what any protection has needed. */
const maxSchedules = 1_000;

describe('the fault harness', () => {
  it('runs the same schedule from the same seed', async () => {
    const [one, other] = [await runSchedule({ seed: 7 }), await runSchedule({ seed: 7 })];

    expect(other).toEqual(one);
    expect(one.faults.length).toBeGreaterThan(0);
  });

  it('reaches every end that an operation and a cluster can have', async () => {
    const missing = new Set([
      ...['SUCCEEDED', 'FAILED'].flatMap((state) =>
        ['deploy', 'submit', 'cancel', 'stop', 'rescale'].map((kind) => `${kind} ${state}`),
      ),
      'deploy CANCELED',
      'extend SUCCEEDED',
      'lifetime ended',
      'lifetime warned',
      ...['RUNNING', 'STOPPED', 'FAILED'].flatMap((state) => [`session ${state}`, `application ${state}`]),
      'application FINISHED',
      'application CANCELED',
      ...['apply', 'restart', 'rollback', 'suspend', 'resume'].map((kind) => `${kind} SUCCEEDED`),
      'apply FAILED',
      'apply CANCELED',
      'apply from a checkpoint',
      ...['SUCCEEDED', 'FAILED', 'CANCELED'].map((state) => `apply-job ${state}`),
      'rolled back',
      ...['SUCCEEDED', 'FAILED', 'CANCELED'].map((state) => `rollout ${state} after it waited`),
      'none in place SUCCEEDED',
      'rescale in place SUCCEEDED',
      'rescale in place FAILED',
      'suspended after a failure',
      'session SUSPENDED',
      'application SUSPENDED',
    ]);
    for (let seed = 1; seed <= maxSchedules && missing.size > 0; seed += 1)
      for (const what of (await runSchedule({ seed })).reached) missing.delete(what);

    expect([...missing]).toEqual([]);
  });

  it.each(protections)('notices when this is switched off: %s', async (without) => {
    let violated = await runSchedule({ seed: 1, without });
    for (let seed = 2; seed <= maxSchedules && violated.violations.length === 0; seed += 1)
      violated = await runSchedule({ seed, without });

    expect(violated.violations).not.toEqual([]);
    expect((await runSchedule({ seed: violated.seed })).violations).toEqual([]);
  });

  it('finds a shorter schedule that is violated too', async () => {
    let violated = await runSchedule({ seed: 1, without: 'transaction' });
    for (let seed = 2; violated.violations.length === 0 || violated.faults.length < 3; seed += 1)
      violated = await runSchedule({ seed, without: 'transaction' });

    const shorter = await shorten(violated, 'transaction');

    expect(shorter.violations).not.toEqual([]);
    expect(shorter.faults.length + shorter.steps.length).toBeLessThan(violated.faults.length + violated.steps.length);
  });
});
