import { describe, expect, it } from 'vitest';

import { beginsWith, convert, deployment, sessionJob } from './fixture.ts';

const defaults = {
  'pipeline.name': 'clicks',
  'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
};

describe('a FlinkSessionJob', () => {
  it('becomes the submit of its job, whose jar the caller uploads', () => {
    const fields = {
      entryClass: 'com.example.Clicks',
      args: ['--day', 1],
      initialSavepointPath: 's3://bucket/savepoint-1',
      allowNonRestoredState: true,
    };
    const { job, refusals, notes } = convert(
      sessionJob(fields, { flinkConfiguration: { 'state.backend': 'rocksdb' } }),
    );

    expect([refusals, notes]).toEqual([[], []]);
    expect(job).toMatchObject({
      clusterId: 'etl',
      jarURI: 'https://repo.example.com/clicks.jar',
      submit: {
        entryClass: 'com.example.Clicks',
        args: ['--day', '1'],
        parallelism: 4,
        restore: { path: 's3://bucket/savepoint-1', allowNonRestoredState: true },
        config: { 'state.backend': 'rocksdb', ...defaults },
      },
    });
  });

  it('has no default of the operator that its session sets', () => {
    const flinkConfiguration = { 'execution.checkpointing': { interval: '10s' } };
    const fields = { upgradeMode: 'last-state' };

    expect(convert(sessionJob(fields), deployment({ flinkConfiguration })).job?.submit.config).toEqual(defaults);
    expect(convert(sessionJob(fields), deployment()).job?.submit.config).toEqual({
      ...defaults,
      'execution.checkpointing.interval': '5 min',
    });
  });

  it('notes the default that a session outside the files may set', () => {
    const { job, notes } = convert(sessionJob({ upgradeMode: 'last-state' }), deployment({}, { namespace: 'other' }));

    expect(job?.submit.config).toEqual(defaults);
    expect(notes).toContain(
      'spec.job.upgradeMode: The operator sets execution.checkpointing.interval to 5 min if the session has none. Check the options of the session.',
    );
  });

  it.each([
    [
      'spec.flinkConfiguration.security.ssl.rest.enabled',
      sessionJob({}, { flinkConfiguration: { 'security.ssl.rest.enabled': true } }),
    ],
    ['spec.restartNonce', sessionJob({}, { restartNonce: 1 })],
    ['spec.image', sessionJob({}, { image: 'flink:2.2' })],
    ['metadata.labels', sessionJob({}, {}, { labels: { team: 'etl' } })],
  ])('leaves %s out with a note', (field, resource) => {
    const { refusals, notes } = convert(resource);

    expect(refusals).toEqual([]);
    expect(notes).toEqual([beginsWith(`${field}: `)]);
  });

  it.each([
    ['spec.deploymentName', sessionJob({}, { deploymentName: undefined })],
    ['spec.deploymentName', sessionJob({}, { deploymentName: 'Etl' })],
    ['spec.job', sessionJob({}, { job: undefined })],
    ['spec.job.jarURI', sessionJob({ jarURI: undefined })],
    ['spec.job.parallelism', sessionJob({ parallelism: 0 })],
    ['spec.job.state', sessionJob({ state: 'paused' })],
    ['spec.flinkConfiguration.not an option', sessionJob({}, { flinkConfiguration: { 'not an option': 1 } })],
    ['spec.job.initialSavepointPath', sessionJob({ initialSavepointPath: 's3://' })],
  ])('is refused because of %s', (field, resource) => {
    const { job, refusals } = convert(resource);

    expect(job).toBeUndefined();
    expect(refusals).toEqual([beginsWith(`${field}: `)]);
  });
});
