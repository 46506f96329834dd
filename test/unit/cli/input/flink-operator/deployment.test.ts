import { describe, expect, it } from 'vitest';

import { deploy } from '#events/commands/deploy.ts';

import { application, beginsWith, configOf, convert, deployment, job } from './fixture.ts';

describe('a FlinkDeployment', () => {
  it('without a job becomes a session', () => {
    const { deploy: body, refusals, notes } = convert(deployment());

    expect(refusals).toEqual([]);
    expect(notes).toEqual([]);
    expect(body).toEqual({
      mode: 'session',
      clusterId: 'etl',
      image: 'flink:2.2',
      flinkVersion: '2.2',
      config: {
        'kubernetes.service-account': 'flink',
        'kubernetes.jobmanager.cpu.amount': '1',
        'jobmanager.memory.process.size': '2048m',
        'kubernetes.taskmanager.cpu.amount': '1',
        'taskmanager.memory.process.size': '2048m',
      },
    });
    expect(deploy.data.safeParse(body).success).toBe(true);
  });

  it('with a job becomes an application', () => {
    const fields = { entryClass: 'com.example.Etl', args: ['--day', '2026-11-23'], upgradeMode: 'stateless' };
    const { deploy: body, refusals, notes } = convert(application(fields));

    expect([refusals, notes]).toEqual([[], []]);
    expect(body).toMatchObject({
      mode: 'application',
      job: {
        jar: 'local:///opt/flink/usrlib/etl.jar',
        entryClass: 'com.example.Etl',
        args: ['--day', '2026-11-23'],
        parallelism: 2,
      },
      config: {
        'pipeline.name': 'etl',
        'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
      },
    });
    expect(deploy.data.safeParse(body).success).toBe(true);
  });

  it.each([
    ['v1_20', '1.20'],
    ['v2_0', '2.0'],
    ['v2_1', '2.1'],
    ['v2_2', '2.2'],
    ['v2_3', '2.3'],
    ['v1_19', '1.20'],
    [undefined, undefined],
  ])('of flinkVersion %s is one of Flink %s', (flinkVersion, expected) => {
    expect(convert(deployment({ flinkVersion })).deploy['flinkVersion']).toBe(expected);
  });

  it.each(['v1_18', 'v2_4'])('of flinkVersion %s is refused', (flinkVersion) => {
    expect(convert(deployment({ flinkVersion })).refusals).toEqual([
      `spec.flinkVersion: is ${flinkVersion}, but Drey starts Flink 1.20, 2.0, 2.1, 2.2, 2.3. Use an image of one of them.`,
    ]);
  });

  it.each([
    ['imagePullPolicy', 'Always', 'kubernetes.container.image.pull-policy'],
    ['serviceAccount', 'streams', 'kubernetes.service-account'],
  ])('has %s as an option, which replaces that of flinkConfiguration', (field, value, option) => {
    const config = configOf(deployment({ [field]: value, flinkConfiguration: { [option]: 'other' } }));

    expect(config[option]).toBe(value);
  });

  it('has the image of the spec only, under each name of the option', () => {
    const flinkConfiguration = { 'kubernetes.container.image': 'a', 'kubernetes.container.image.ref': 'b' };

    expect(Object.keys(configOf(deployment({ flinkConfiguration }))).filter((key) => key.includes('image'))).toEqual(
      [],
    );
    expect(configOf(deployment({ image: undefined, flinkConfiguration }))).toMatchObject(flinkConfiguration);
  });

  it('has the files of logConfiguration', () => {
    const logConfiguration = { 'log4j-console.properties': 'rootLogger.level = DEBUG\n' };

    expect(convert(deployment({ logConfiguration })).deploy['files']).toEqual(logConfiguration);
  });

  it('has labels without a prefix, which do not reach the pods', () => {
    const labels = { team: 'etl', 'app.kubernetes.io/name': 'etl' };
    const { deploy: body, notes } = convert(deployment({}, { labels }));

    expect(body['labels']).toEqual({ team: 'etl' });
    expect(notes).toEqual([expect.stringMatching(/^metadata\.labels\.app\.kubernetes\.io\/name: A label of Drey/)]);
  });

  it.each([
    ['metadata.namespace', deployment({}, { namespace: 'flink' })],
    ['metadata.annotations.example.com/owner', deployment({}, { annotations: { 'example.com/owner': 'a' } })],
    ['spec.restartNonce', deployment({ restartNonce: 0 })],
    ['spec.taskManager.replicas', deployment({ taskManager: { replicas: 2 } })],
    ['spec.imagePulPolicy', deployment({ imagePulPolicy: 'Always' })],
    ['spec.jobManager.replica', deployment({ jobManager: { replica: 2 } })],
    ['spec.job.jarUri', application({ jarUri: 'local:///a.jar' })],
    ['spec.job.savepointTriggerNonce', application({ savepointTriggerNonce: 0 })],
    ['spec.job.checkpointTriggerNonce', application({ checkpointTriggerNonce: 1 })],
    ['spec.job.savepointRedeployNonce', application({ savepointRedeployNonce: 1 })],
    ['spec.job.autoscalerResetNonce', application({ autoscalerResetNonce: 1 })],
    ['spec.job.allowNonRestoredState', application({ allowNonRestoredState: true })],
  ])('leaves %s out with a note', (field, resource) => {
    const { refusals, notes } = convert(resource);

    expect(refusals).toEqual([]);
    expect(notes).toEqual([beginsWith(`${field}: `)]);
  });

  it.each([
    ['metadata.name', deployment({}, { name: undefined })],
    ['metadata.name', deployment({}, { name: 'Etl' })],
    ['metadata.labels.team', deployment({}, { labels: { team: 'x'.repeat(64) } })],
    ['spec.mode', deployment({ mode: 'standalone' })],
    ['spec.mode', deployment({ mode: 'other' })],
    ['spec.ingress', deployment({ ingress: { template: '{{name}}.example.com' } })],
    ['spec.podTemplate', deployment({ podTemplate: [] })],
    ['spec.logConfiguration', deployment({ logConfiguration: 'a' })],
    ['spec.logConfiguration', deployment({ logConfiguration: { 'log4j.xml': '' } })],
    ['spec.jobManager.replicas', deployment({ jobManager: { replicas: 0 } })],
    ['spec.taskManager.replicas', deployment({ taskManager: { replicas: '2' } })],
    ['spec.job', deployment({ job: 'etl.jar' })],
    ['spec.job.jarURI', application({ jarURI: undefined })],
    ['spec.job.jarURI', application({ jarURI: ['a.jar'] })],
    ['spec.job.parallelism', application({ parallelism: 0 })],
    ['spec.job.parallelism', application({ parallelism: 'two' })],
    ['spec.job.args', application({ args: '--day' })],
    ['spec.job.args', application({ args: [null] })],
    ['spec.job.state', application({ state: 'paused' })],
    ['spec.job.upgradeMode', application({ upgradeMode: 'never' })],
    ['spec.job.allowNonRestoredState', application({ allowNonRestoredState: 'yes' })],
    ['spec.job.initialSavepointPath', application({ initialSavepointPath: 's3://' })],
  ])('is refused because of %s', (field, resource) => {
    const { deploy: body, refusals } = convert(resource);

    expect(body).toEqual({});
    expect(refusals[0]).toEqual(beginsWith(field));
  });

  it('is native also if it says so', () => {
    expect(convert(deployment({ mode: 'native' })).refusals).toEqual([]);
  });

  it.each([
    { entryClass: undefined, state: 'running' },
    { initialSavepointPath: '', allowNonRestoredState: false },
  ])('is the same with the defaults %j', (fields) => {
    expect(convert(application(fields)).deploy).toEqual(convert(application()).deploy);
  });

  it('notes what a deploy would be refused for, unless the target has defaults for it', () => {
    const { deploy: body, notes } = convert(deployment({ jobManager: { replicas: 2 } }));

    expect(body).toMatchObject({ config: { 'kubernetes.jobmanager.replicas': '2' } });
    expect(notes).toEqual([expect.stringMatching(/^spec\.jobManager\.replicas: A deploy may be refused: /)]);
  });

  it('starts its job from a savepoint', () => {
    const fields = { initialSavepointPath: 's3://bucket/savepoint-1', allowNonRestoredState: true };

    expect(convert(application(fields)).deploy['job']).toMatchObject({
      restore: { path: 's3://bucket/savepoint-1', allowNonRestoredState: true },
    });
  });

  it.each([
    [{ replicas: 3 }, {}, 3],
    [{ replicas: 3 }, { 'taskmanager.numberOfTaskSlots': 4 }, 12],
    [{}, { 'taskmanager.numberOfTaskSlots': 4 }, 2],
  ])('with taskManager %j and %j has a parallelism', (taskManager, flinkConfiguration, parallelism) => {
    const { deploy: body } = convert(application({}, { taskManager, flinkConfiguration }));

    expect(body['job']).toMatchObject({ parallelism });
  });

  it('notes a parallelism that replicas replace', () => {
    const { notes } = convert(application({}, { taskManager: { replicas: 3 } }));

    expect(notes).toEqual([expect.stringMatching(/^spec\.job\.parallelism: The operator ignores it/)]);
  });

  it('has one JobManager unless its field says more, also if flinkConfiguration does', () => {
    const flinkConfiguration = { 'kubernetes.jobmanager.replicas': 2 };

    expect(configOf(deployment({ jobManager: {}, flinkConfiguration }))).toMatchObject({
      'kubernetes.jobmanager.replicas': '1',
    });
    expect(configOf(deployment({ jobManager: undefined, flinkConfiguration, taskManager: undefined }))).toMatchObject({
      'kubernetes.jobmanager.replicas': '2',
    });
  });

  it.each([
    [{}, undefined, {}],
    [{ upgradeMode: 'last-state' }, '5 min', {}],
    [{ upgradeMode: 'last-state' }, '10s', { 'execution.checkpointing.interval': '10s' }],
  ])('with the job %j has the checkpoint interval %s', (fields, interval, flinkConfiguration) => {
    const spec = { job: job(fields), flinkConfiguration };

    expect(configOf(deployment(spec))['execution.checkpointing.interval']).toBe(interval);
  });

  it('reports all mistakes at once', () => {
    const { refusals } = convert(application({ state: 'paused', args: 'a' }, { ingress: {}, mode: 'standalone' }));

    expect(refusals).toHaveLength(4);
  });
});
