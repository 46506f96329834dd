import { describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getFlink,
  getLastOperation,
  jar,
  limitTarget,
  listOperations,
  reconcile,
  runWorkflows,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const [one, other] = ['s3://b/savepoint-1', 's3://b/savepoint-2'];
const current = 'execution.state-recovery.path';
const deprecated = 'execution.savepoint.path';
const program = { jar: 'local:///x.jar' };
const readPaths = (): readonly string[] =>
  JSON.stringify(world.kubernetes.cluster(clusterId).manifests?.dependents).match(/savepoint-\d/g) ?? [];

describe.each(origins)('the savepoint of a job on a session, from %s', (_origin, send) => {
  const submit = async (data: Readonly<Record<string, unknown>>) => {
    await startSession(send);
    const outcome = await send('submit', { clusterId, data: { jar, ...data } }, world);
    await runWorkflows();
    return outcome;
  };
  const getJobOptions = () => [...getFlink().jobs.values()][0]?.options;

  it.each([
    ['restore', { restore: { path: one } }],
    ['an option', { config: { [current]: one } }],
    ['a deprecated option', { config: { [deprecated]: one } }],
    ['both, when they are equal', { config: { [deprecated]: one }, restore: { path: one } }],
  ])('is recorded when it comes from %s', async (_source, data) => {
    await submit(data);

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', restoredFrom: one });
    const { jobId = '' } = getLastOperation() ?? {};
    expect((await world.store.job(clusterRef, jobId))?.value).toMatchObject({ restoredFrom: one });
    expect(world.store.writtenTransitions.at(-1)).toMatchObject({ subject: 'job', restoredFrom: one });
    const { savepointPath, flinkConfiguration } = getJobOptions() ?? {};
    expect(savepointPath ?? flinkConfiguration?.[current]).toBe(one);
    expect(flinkConfiguration).not.toHaveProperty([deprecated]);
  });

  it.each([
    [
      'an option and restore',
      { config: { [current]: one }, restore: { path: other } },
      current,
      `restore.path is ${other}`,
    ],
    ['a deprecated option and restore', { config: { [deprecated]: one }, restore: { path: other } }, deprecated, other],
    [
      'two names of the option',
      { config: { [deprecated]: one, [current]: other } },
      current,
      `${deprecated} is ${one}`,
    ],
    [
      'an option and a cluster',
      { config: { [current]: one }, restore: { fromCluster: 'etl' } },
      current,
      'restore.fromCluster',
    ],
  ])('is refused by name when it differs between %s', async (_source, data, key, text) => {
    const outcome = await submit(data);

    expect(outcome).toMatchObject({ code: 'refused-option', pointers: [`/config/${key}`] });
    expect(outcome.detail).toContain(text);
    expect(listOperations().filter(({ kind }) => kind === 'submit')).toEqual([]);
  });

  it('is none when the option is blank', async () => {
    await submit({ config: { [current]: ' ' } });

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getLastOperation()?.restoredFrom).toBeUndefined();
    expect(getJobOptions()?.flinkConfiguration).toEqual({});
  });

  it('is not that of the session or of the target', async () => {
    limitTarget({ defaults: { [deprecated]: one } });
    await send('deploy', { clusterId, data: { mode: 'session', config: { [current]: one } } }, world);
    await runWorkflows();
    await send('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();

    expect(readPaths()).toEqual([]);
    expect(getLastOperation()).toMatchObject({ kind: 'submit', state: 'SUCCEEDED' });
    expect(JSON.stringify(getJobOptions())).not.toContain(one);
  });
});

describe.each(origins)('the savepoint of an application, from %s', (_origin, send) => {
  const deploy = (config: Readonly<Record<string, string>>, restore?: object) =>
    send('deploy', { clusterId, data: { mode: 'application', config, job: { ...program, restore } } }, world);

  it.each([
    ['restore', {}, { path: one }],
    ['an option', { [current]: one }, undefined],
    ['a deprecated option', { [deprecated]: one }, undefined],
  ])('is recorded when it comes from %s', async (_source, config, restore) => {
    await deploy(config, restore);
    await runWorkflows();
    await reconcile();

    expect(readPaths()).toEqual(['savepoint-1']);
    expect(getLastOperation()).toMatchObject({ restoredFrom: one });
  });

  it.each([
    ['an option and restore', { [deprecated]: one }, { path: other }],
    ['two names of the option', { [deprecated]: one, [current]: other }, undefined],
    ['an option and a cluster', { [deprecated]: one }, { fromCluster: 'office' }],
  ])('is refused by name when it differs between %s', async (_source, config, restore) => {
    expect(await deploy(config, restore)).toMatchObject({
      code: 'refused-option',
      detail: expect.stringContaining('A job starts from one savepoint.'),
    });
  });

  it('is not that of the target, and a warning says so', async () => {
    limitTarget({ defaults: { [deprecated]: one } });

    await deploy({});

    expect(readPaths()).toEqual([]);
    expect(getLastOperation()).toMatchObject({
      warnings: [expect.stringContaining(`${current} of the target is not applied, because every later application`)],
    });
    expect(getLastOperation()?.restoredFrom).toBeUndefined();
  });
});
