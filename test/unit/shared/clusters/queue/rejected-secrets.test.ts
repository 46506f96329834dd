import { describe, expect, it, vi } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { deliverCommands, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage } from '#test/fakes/origins.ts';
import { world } from '#test/unit/shared/clusters/fixture.ts';

const deliver = (data: object) =>
  deliverCommands([makeSqsRecord({ ...makeCommandMessage('deploy', { clusterId: 'etl' }), data })], world.ports);

describe('a rejected message', () => {
  it.each([
    [
      'a malformed environment',
      {
        mode: 'session',
        podTemplates: { default: { spec: { containers: [{ name: 'x', env: { DB_PASSWORD: 'hunter2' } }] } } },
      },
    ],
    ['an environment in the name of a member', { mode: 'session', 'DB_PASSWORD=hunter2': 'x' }],
    ['a jar with a password', { mode: 'application', job: { jar: 'https://u:hunter2@evil.example/a.jar' } }],
    ['an option with a wrong type', { mode: 'session', config: { 's3.secret-key': ['hunter2'] } }],
    ['arguments that are no list', { mode: 'application', job: { jar: 'local:///a.jar', args: '--password hunter2' } }],
  ])('is kept and published without the secret of %s', async (_what, data) => {
    await deliver(data);

    expect(world.bus.rejected).toHaveLength(1);
    expect(JSON.stringify(world.bus.rejected)).not.toContain('hunter2');
  });

  it('is published with the text that identifies it, without secrets', async () => {
    const message = { ...makeCommandMessage('deploy', { clusterId: 'etl' }), id: 'a?password=hunter2', data: {} };
    await deliverCommands([makeSqsRecord(message)], world.ports);

    expect(world.bus.rejected[0]?.rejection).toMatchObject({ commandId: 'a?password=******' });
  });

  const uploaded = 's3://bucket/uploads/local/1/command.json';
  const jar = 's3://bucket/uploads/local/1/etl.jar';
  const send = async (dataref: string) => {
    const { data: _data, ...message } = makeCommandMessage('deploy', { clusterId: 'etl' });
    await deliverCommands([makeSqsRecord({ ...message, dataref })], world.ports);
  };

  it('leaves no uploaded body', async () => {
    world.payloads.uploads.set(uploaded, { mode: 'session', config: { 'kubernetes.entry.path': '/x' } });

    await send(uploaded);

    expect(world.bus.rejected).toHaveLength(1);
    expect(world.payloads.uploads.size).toBe(0);
  });

  it('keeps its upload until it is stored with its problem, so that another delivery finds the same problem', async () => {
    world.payloads.uploads.set(uploaded, { mode: 'session', config: { 'kubernetes.entry.path': '/x' } });
    const refusal = new Fault('limit-reached', 'AWS throttles the requests of Drey.');
    vi.spyOn(world.bus, 'reject').mockRejectedValueOnce(refusal);

    await send(uploaded);
    await send(uploaded);

    expect(world.bus.rejected).toMatchObject([{ rejection: { problem: { code: 'refused-option' } } }]);
  });

  it('leaves jars, and the uploads of other targets', async () => {
    const others = [jar, 's3://bucket/uploads/other/1/command.json'];
    for (const upload of others) world.payloads.uploads.set(upload, 'x');

    for (const upload of others) await send(upload);

    expect(world.bus.rejected).toHaveLength(2);
    expect([...world.payloads.uploads.keys()]).toEqual(others);
  });

  it('is not yet rejected while its upload is needed', async () => {
    world.payloads.uploads.set(uploaded, { mode: 'session' });

    await send(uploaded);

    expect(world.bus.rejected).toEqual([]);
    expect(world.payloads.uploads.size).toBe(1);
  });
});
