import { describe, expect, it } from 'vitest';

import { toFinishedEvent } from '#shared/clusters/commands/notify-verdict.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getLastOperation,
  jar,
  setPolicy,
  runWorkflows,
  session,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const config = { 'kubernetes.jobmanager.cpu.amout': '2' };
const warning =
  'kubernetes.jobmanager.cpu.amout is not an option of Flink. The most similar option is kubernetes.jobmanager.cpu.amount.';

describe.each(origins)('a command with a probable mistake, from %s', (_origin, send) => {
  it('leaves its warnings in the operation and in the first transition of a deploy', async () => {
    await send('deploy', { clusterId, data: { ...session, config } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ kind: 'deploy', state: 'SUCCEEDED', warnings: [warning] });
    const [first, ...others] = world.store.writtenTransitions;
    expect(first).toMatchObject({ to: 'REQUESTED', warnings: [warning] });
    for (const other of others) expect(other).not.toHaveProperty('warnings');
  });

  it('leaves its warnings in the operation of a submit', async () => {
    await startSession(send);
    await send('submit', { clusterId, data: { jar, args: ['--day', '${DAY}'] } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({
      kind: 'submit',
      warnings: ['Argument 2 of the program contains a placeholder, ${…}. Neither Drey nor Flink replaces it.'],
    });
  });
});

describe('the warnings of a command', () => {
  it('are in the event of its verdict', async () => {
    await sendHttp('deploy', { clusterId, data: { ...session, config } }, world);
    await runWorkflows();
    const operationId = getLastOperation()?.operationId ?? '';

    const { busEvent } = await toFinishedEvent(
      { target: 'local', operationId, verdict: 'FINISHED', at: '2026-11-24T12:00:00.000Z' },
      world.ports,
    );

    expect(busEvent.detail.warnings).toEqual([warning]);
  });

  it('are limited in number and length', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`kubernetes.${'x'.repeat(200)}${index}`, `\${${'y'.repeat(900)}}`]),
    );
    await sendHttp('deploy', { clusterId, data: { ...session, config: many } }, world);

    const { warnings = [] } = getLastOperation() ?? {};
    expect(warnings).toHaveLength(20);
    expect(Math.max(...warnings.map(({ length }) => length))).toBeLessThanOrEqual(501);
  });

  it('are limited in a submit, too', async () => {
    await startSession(sendHttp);
    const args = Array.from({ length: 20_000 }, () => '${}');

    expect(await sendHttp('submit', { clusterId, data: { jar, args } }, world)).toMatchObject({ outcome: 'done' });
    expect(getLastOperation()?.warnings).toHaveLength(20);
  });

  it('are absent from a command without any', async () => {
    await sendHttp('deploy', { clusterId, data: session }, world);

    expect(getLastOperation()).not.toHaveProperty('warnings');
  });
});

describe('a denied option with a slash in its name', () => {
  it('is named by a valid pointer', async () => {
    setPolicy({ denied: ['kubernetes.taskmanager.annotations'] });
    const annotation = { 'kubernetes.taskmanager.annotations.prometheus.io/scrape': 'true' };

    const { pointers } = await sendHttp('deploy', { clusterId, data: { ...session, config: annotation } }, world);

    expect(pointers).toEqual(['/config/kubernetes.taskmanager.annotations.prometheus.io~1scrape']);
  });
});
