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
      deprecated,
      `${current} is ${other}`,
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

const [claimMode, ignore] = ['execution.state-recovery.claim-mode', 'execution.state-recovery.ignore-unclaimed-state'];
const [oldClaimMode, oldIgnore] = ['execution.savepoint-restore-mode', 'execution.savepoint.ignore-unclaimed-state'];

/** What a caller may write, and what Flink then gets. */
const modes = [
  ['options beside restore', { [claimMode]: 'CLAIM', [ignore]: 'true' }, { path: one }],
  ['deprecated options beside restore', { [oldClaimMode]: 'CLAIM', [oldIgnore]: 'true' }, { path: one }],
  ['restore beside a path in the options', { [deprecated]: one }, { claimMode: 'CLAIM', allowNonRestoredState: true }],
  ['both forms', { [claimMode]: 'claim', [ignore]: 'true' }, { path: one, claimMode: 'CLAIM' }],
] as const;

const refusals = [
  [
    'two claim modes',
    { [claimMode]: 'NO_CLAIM' },
    { path: one, claimMode: 'CLAIM' },
    claimMode,
    'restore.claimMode is CLAIM',
  ],
  [
    'an old name',
    { [oldClaimMode]: 'LEGACY' },
    { path: one, claimMode: 'CLAIM' },
    oldClaimMode,
    'restore.claimMode is CLAIM',
  ],
  ['two names', { [claimMode]: 'CLAIM', [oldClaimMode]: 'LEGACY' }, undefined, oldClaimMode, `${claimMode} is CLAIM`],
  [
    'two booleans',
    { [ignore]: 'false' },
    { path: one, allowNonRestoredState: true },
    ignore,
    'allowNonRestoredState is TRUE',
  ],
  ['no claim mode', { [oldClaimMode]: 'foo' }, undefined, oldClaimMode, 'is not one of'],
  ['no boolean', { [ignore]: 'perhaps' }, undefined, ignore, ''],
  ['a path without a bucket', { [deprecated]: 's3:/oops' }, undefined, deprecated, 'names no bucket'],
] as const;

describe.each(origins)('how a program uses its savepoint, from %s', (_origin, send) => {
  const deploy = (config: object, restore: object | undefined) =>
    send('deploy', { clusterId, data: { mode: 'application', config, job: { ...program, restore } } }, world);
  const submit = async (config: object, restore: object | undefined) => {
    await startSession(send);
    const outcome = await send('submit', { clusterId, data: { jar, config, restore } }, world);
    await runWorkflows();
    return outcome;
  };

  it.each(modes)('reaches the configuration of an application: %s', async (_source, config, restore) => {
    await deploy(config, restore);
    await runWorkflows();

    const objects = JSON.stringify(world.kubernetes.cluster(clusterId).manifests?.dependents);
    expect(objects).toMatch(/claim-mode: CLAIM/i);
    expect(objects).not.toContain('claim-mode: NO_CLAIM');
    expect(objects).toContain('ignore-unclaimed-state: true');
    expect(getLastOperation()).toMatchObject({ restoredFrom: one });
  });

  it.each(modes)('reaches a job on a session: %s', async (_source, config, restore) => {
    await submit(config, restore);

    const options = [...getFlink().jobs.values()][0]?.options;
    const { [claimMode]: mode, [ignore]: ignores, [current]: path } = options?.flinkConfiguration ?? {};
    expect((options?.claimMode ?? mode)?.toUpperCase()).toBe('CLAIM');
    expect(String(options?.allowNonRestoredState ?? ignores)).toBe('true');
    expect(options?.savepointPath ?? path).toBe(one);
    expect(getLastOperation()).toMatchObject({ restoredFrom: one });
  });

  it('is the default of Flink when nobody says it', async () => {
    await submit({}, { path: one });

    const { options } = [...getFlink().jobs.values()][0] ?? {};
    expect(options).not.toHaveProperty('claimMode');
    expect(options).not.toHaveProperty('allowNonRestoredState');
  });

  it('may be a default of the target', async () => {
    limitTarget({ defaults: { [oldClaimMode]: 'CLAIM' } });

    await deploy({}, { path: one });

    expect(JSON.stringify(world.kubernetes.cluster(clusterId).manifests?.dependents)).toContain('claim-mode: CLAIM');
  });

  it.each(refusals)('is refused by name: %s', async (_mistake, config, restore, key, text) => {
    const expected = { code: 'refused-option', pointers: [`/config/${key}`], detail: expect.stringContaining(text) };

    expect(await deploy(config, restore)).toMatchObject(expected);
    expect(await submit(config, restore)).toMatchObject(expected);
  });

  it('is refused without a savepoint', async () => {
    const detail = expect.stringContaining('requires a savepoint. Set');

    expect(await deploy({}, { claimMode: 'CLAIM' })).toMatchObject({ code: 'refused-option', detail });
    expect(await submit({ [current]: '' }, { allowNonRestoredState: true })).toMatchObject({
      code: 'refused-option',
      detail,
    });
  });
});

describe.each(origins)('a location without a bucket, or with a password, from %s', (_origin, send) => {
  const withoutBucket = ['s3:/oops', 's3:oops', 's3:///oops', 'S3A://', 'gs:/b/x', 'abfss:///x'];

  it.each([
    ...withoutBucket.map((location) => [location, 'names no bucket; write '] as const),
    ...['hdfs://flink:hunter2@name-node/x', 's3://key:pass/word@bucket/ha'].map(
      (location) => [location, 'has a password, which records and events would show'] as const,
    ),
  ])('is refused: %s', async (location, reason) => {
    await startSession(send);
    const detail = expect.stringContaining(reason);
    const jobId = '0'.repeat(32);
    const commands = [
      ['submit', { jar, restore: { path: location } }],
      ['submit', { jar, config: { 'state.savepoints.dir': location } }],
      ['savepoint', { jobId, directory: location }],
      ['stop-job', { jobId, directory: location }],
      ['dispose-savepoint', { path: location }],
      ['stop', { savepoint: 'required', savepointDirectory: location }],
      ['extend', { savepointDirectory: location }],
      ['deploy', { mode: 'application', job: program, lifetime: { ttl: '1h', savepointDirectory: location } }],
      ['deploy', { mode: 'session', config: { 'state.checkpoints.dir': location } }],
      ['deploy', { mode: 'session', config: { 'high-availability.storageDir': location } }],
    ] as const;

    for (const [kind, data] of commands)
      expect({ kind, ...(await send(kind, { clusterId, data }, world)) }).toMatchObject({ detail });
  });

  it.each([
    'abfss://c@account/x',
    'hdfs://name-node:8020/a@b',
    'file:/shared/x',
    '/shared/x',
    'hdfs:/x',
    'hdfs:///x',
    's3://b',
    'oss://b/x',
  ])('is not %s', async (path) => {
    await startSession(send);

    expect(await send('submit', { clusterId, data: { jar, restore: { path } } }, world)).toMatchObject({
      outcome: 'done',
    });
  });
});
