import { describe, expect, it } from 'vitest';

import { deliverCommands, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeCommandMessage } from '#test/fakes/origins.ts';
import { getCluster, world } from '#test/unit/shared/clusters/fixture.ts';

describe('the command queue', () => {
  const message = (fields: object) => ({
    ...makeCommandMessage('deploy', { clusterId: 'etl' }),
    data: undefined,
    ...fields,
  });
  const rejections = () => world.bus.rejected.map(({ rejection: { problem } }) => problem);
  const uploaded = 's3://bucket/uploads/local/1/command.json';

  it('runs a command whose data was uploaded', async () => {
    world.payloads.uploads.set(uploaded, { mode: 'session' });
    await deliverCommands([makeSqsRecord(message({ dataref: uploaded }))], world.ports);

    expect(await getCluster('etl')).toMatchObject({ state: 'DEPLOYING' });
  });

  it.each([
    ['is not there', { dataref: 's3://bucket/uploads/local/1/other.json' }],
    ['is of another target', { dataref: 's3://bucket/uploads/other/1/command.json' }],
    ['comes beside data', { dataref: uploaded, data: { mode: 'session' } }],
  ])('rejects a reference that %s', async (_what, fields) => {
    world.payloads.uploads.set(uploaded, { mode: 'session' });
    world.payloads.uploads.set('s3://bucket/uploads/other/1/command.json', { mode: 'session' });
    await deliverCommands([makeSqsRecord(message(fields))], world.ports);

    expect(rejections()).toMatchObject([{ code: 'malformed-request', errors: [{ pointer: '/dataref' }] }]);
  });

  it('publishes a rejection with the correlation id of the caller', async () => {
    const data = { mode: 'per-job', correlationId: 'mine' };
    await deliverCommands([makeSqsRecord(makeCommandMessage('deploy', { clusterId: 'etl', data }))], world.ports);

    expect(world.bus.rejected).toMatchObject([
      { rejection: { correlationId: 'mine', problem: { code: 'unsupported-mode' } } },
    ]);
  });
});
