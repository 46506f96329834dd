import { beforeEach, describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  limitTarget,
  runWorkflows,
  savepointDirectory,
  setPolicy,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  applied,
  failToPull,
  breakImage,
  getImage,
  getRollout,
  listRolloutEvents,
  options,
  startFirst,
} from './rollout-fixture.ts';

const address = 'https://files.test/clicks-2.jar';
const withJar = (jar: string, config: object = {}) => ({ job: { jar }, config });
const applyWith = async (fields: object, rollout: object = {}) => {
  await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', rollout, fields) }, world);
  await runWorkflows();
};

beforeEach(() => {
  setPolicy({ jars: ['https://files.test/', 'http://files.test/', 's3://jars/'] });
});

describe('a rollout whose jar', () => {
  it.each([404, 410])('is not there (%i) fails, and the cluster runs on', async (status) => {
    await startFirst();
    const { uid } = world.kubernetes.cluster(clusterId);
    world.downloads.statuses.set(`${address}?sig=secret`, status);

    await applyWith(withJar(`${address}?sig=secret`));

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      rollout: { phase: 'Checking' },
      problem: {
        code: 'jar-refused',
        reason: 'ProgramMissing',
        retryable: false,
        detail: `${address}?… is not there: its server answers ${status}. Upload what is missing, or correct the address. Then repeat the command. Revision 1 runs on.`,
      },
    });
    expect(listRolloutEvents()).toEqual(['IN_PROGRESS Checking', 'FAILED Checking']);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
    expect(world.kubernetes.cluster(clusterId).uid).toBe(uid);
    expect(getImage()).toBe('flink:2.3');
  });

  it.each([200, 206, 302, 403, 503, undefined])('may be there (%s) goes on', async (status) => {
    await startFirst();
    world.downloads.statuses.set(address, status);

    await applyWith(withJar(address));

    expect(world.downloads.asked).toEqual([address]);
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getImage()).toBe('flink:2.3.1');
  });

  it.each([
    ['is in the image', withJar('local:///opt/flink/usrlib/job.jar')],
    ['is in a bucket', withJar('s3://jars/clicks-2.jar')],
    [
      'is at an unencrypted address',
      withJar('http://files.test/clicks-2.jar', { 'user.artifacts.raw-http-enabled': 'true' }),
    ],
    ['needs class paths', { job: { jar: 'local:///job.jar', classpaths: [address] } }],
  ])('%s is not looked up', async (_what, fields) => {
    await startFirst();
    await applyWith(fields);
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(world.downloads.asked).toEqual([]);
  });

  it('is fetched with headers is not looked up, because the server may answer others in another way', async () => {
    setPolicy({ plainSecrets: true });
    limitTarget({ defaults: { 'user.artifacts.http-headers': 'Authorization:x' } });
    await startFirst();
    world.downloads.statuses.set(address, 404);

    await applyWith(withJar(address));

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(world.downloads.asked).toEqual([]);
  });
});

describe('a rollout', () => {
  it.each([
    [
      'further artifacts',
      withJar('local:///job.jar', { 'user.artifacts.artifact-list': `${address};local:///lib.jar` }),
      address,
    ],
    ['its SQL script', { job: { sql: { scriptUri: 'https://files.test/etl.sql' } } }, 'https://files.test/etl.sql'],
  ])('looks up %s', async (_what, fields, missing) => {
    await startFirst();
    world.downloads.statuses.set(missing, 404);

    await applyWith(fields);

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { reason: 'ProgramMissing', detail: expect.stringContaining(`${missing} is not there`) },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('looks up the jar of a restart, and not that of a deploy, of a resume or of the way back', async () => {
    await startFirst(withJar(address));
    expect(world.downloads.asked).toEqual([]);
    world.downloads.statuses.set(address, 404);

    breakImage('flink:2.3.1', failToPull);
    await applyWith(withJar('local:///job.jar'));
    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1 } });
    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED' });
    await sendHttp('resume', { clusterId, data: { stableWithin: '1min' } }, world);
    await runWorkflows();
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(world.downloads.asked).toEqual([]);

    await sendHttp('restart', { clusterId, data: options }, world);
    await runWorkflows();
    expect(world.downloads.asked).toEqual([address]);
    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason: 'ProgramMissing' } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('looks up no jar of a change in place', async () => {
    await startFirst(withJar(address));
    await sendHttp(
      'apply',
      { clusterId, data: { ...applied('flink:2.3', {}, withJar(address)), labels: { stage: 'prod' } } },
      world,
    );
    await runWorkflows();
    expect(world.downloads.asked).toEqual([]);
  });
});
