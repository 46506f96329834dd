import { beforeEach, describe, expect, it } from 'vitest';

import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  getFlink,
  getLastOperation,
  jar,
  runWorkflows,
  setPolicy,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const data = { jar, args: ['--password', 'canary-argument'], config: { 'metrics.reporter.a.apikey': 'canary-option' } };

/** Everything that the store has. */
const readTable = () =>
  JSON.stringify(
    Object.values(world.store)
      .filter((part) => part instanceof Map)
      .map((part) => [...part]),
  );

describe.each(origins)('the arguments and options of a submit from %s', (_origin, send) => {
  beforeEach(() => setPolicy({ plainSecrets: true }));

  it('reach Flink, and are not in the table', async () => {
    await startSession(send);

    await send('submit', { clusterId, data }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ kind: 'submit', state: 'SUCCEEDED' });
    expect(readTable()).toContain(getLastOperation()?.operationId);
    expect(readTable()).not.toContain('canary');
    expect([...world.payloads.stored.values()].join()).toContain('canary-argument');
  });

  it('are removed when the job cannot start', async () => {
    await startSession(send);
    getFlink().program = () => ({ thrown: 'java.lang.IllegalArgumentException: no input\n\tat a.B(C.java:1)' });

    await send('submit', { clusterId, data }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'FAILED' });
    expect([...world.payloads.stored.values()]).toEqual([]);
  });

  it('are renewed with the jar while the job runs', async () => {
    await startSession(send);
    await send('submit', { clusterId, data }, world);
    await runWorkflows();

    await renewJars(world.ports);

    expect(world.payloads.renewed).toEqual([getLastOperation()?.operationId]);
  });
});
