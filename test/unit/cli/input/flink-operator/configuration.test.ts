import { describe, expect, it } from 'vitest';

import { application, beginsWith, configOf, convert, deployment } from './fixture.ts';

const of = (flinkConfiguration: unknown) => deployment({ flinkConfiguration });

describe('flinkConfiguration', () => {
  it.each([
    [{ 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' }],
    [{ 'high-availability': { type: 'kubernetes', storageDir: 's3://bucket/ha' } }],
    [{ high: { x: 1 }, 'high-availability.type': 'kubernetes', 'high-availability': { storageDir: 's3://bucket/ha' } }],
  ])('may be flat or nested: %j', (flinkConfiguration) => {
    expect(configOf(of(flinkConfiguration))).toMatchObject({
      'high-availability.type': 'kubernetes',
      'high-availability.storageDir': 's3://bucket/ha',
    });
  });

  it('has its values as text, and a list as one text', () => {
    const flinkConfiguration = { a: 0.5, b: true, c: 2, d: 'x', e: ['y', 1], f: {} };

    expect(configOf(of(flinkConfiguration))).toMatchObject({ a: '0.5', b: 'true', c: '2', d: 'x', e: 'y;1' });
  });

  it.each([
    ['spec.flinkConfiguration', 'a: b'],
    ['spec.flinkConfiguration.state.dir', { state: { dir: null } }],
    ['spec.flinkConfiguration.list', { list: [{ a: 1 }] }],
    ['spec.flinkConfiguration.not an option', { 'not an option': 1 }],
    ['spec.flinkConfiguration.job.autoscaler.enabled', { 'job.autoscaler': { enabled: 'true' } }],
    [
      'spec.flinkConfiguration.kubernetes.operator.job.autoscaler.enabled',
      { 'kubernetes.operator.job.autoscaler.enabled': true },
    ],
    [
      'spec.flinkConfiguration.kubernetes.operator.periodic.savepoint.interval',
      { 'kubernetes.operator.periodic.savepoint.interval': '6h' },
    ],
    [
      'spec.flinkConfiguration.kubernetes.operator.periodic.checkpoint.interval',
      { 'kubernetes.operator.periodic.checkpoint.interval': '0 0 12 * * ?' },
    ],
    [
      'spec.flinkConfiguration.kubernetes.operator.periodic.savepoint.interval',
      { 'kubernetes.operator.periodic.savepoint.interval': 'daily' },
    ],
    ['spec.flinkConfiguration.kubernetes.cluster-id', { 'kubernetes.cluster-id': 'other' }],
    ['spec.flinkConfiguration.kubernetes.namespace', { 'kubernetes.namespace': 'flink' }],
    ['spec.flinkConfiguration.high-availability.cluster-id', { 'high-availability.cluster-id': 'other' }],
    ['spec.flinkConfiguration.$internal.application.main', { '$internal.application.main': 'Main' }],
    [
      'spec.flinkConfiguration.kubernetes.pod-template-file.default',
      { 'kubernetes.pod-template-file.default': '/pod.yaml' },
    ],
    ['spec.flinkConfiguration.security.ssl.rest.enabled', { 'security.ssl.rest.enabled': true }],
  ])('is refused because of %s', (field, flinkConfiguration) => {
    expect(convert(of(flinkConfiguration)).refusals).toEqual([beginsWith(`${field}: `)]);
  });

  it.each([
    [{ 'kubernetes.operator.savepoint.format.type': 'NATIVE' }],
    [{ 'kubernetes.operator.periodic.savepoint.interval': '0' }],
    [{ 'kubernetes.operator.periodic.checkpoint.interval': '0 s' }],
    [{ 'job.autoscaler.enabled': false }],
    [{ 'job.autoscaler.metrics.window': '3m' }],
    [{ 'execution.target': 'kubernetes-session' }],
    [{ 'execution.shutdown-on-application-finish': true }],
  ])('leaves %j out with a note', (flinkConfiguration) => {
    const [key = ''] = Object.keys(flinkConfiguration);
    const { deploy, refusals, notes } = convert(of(flinkConfiguration));

    expect(refusals).toEqual([]);
    expect(notes).toEqual([beginsWith(`spec.flinkConfiguration.${key}: `)]);
    expect(deploy['config']).not.toHaveProperty([key]);
  });

  it('leaves out what the fields of a job replace', () => {
    const flinkConfiguration = { 'parallelism.default': 8, 'pipeline.jars': 'local:///a.jar' };
    const config = configOf(application({}, { flinkConfiguration }));

    expect(config).not.toHaveProperty(['parallelism.default']);
    expect(config).not.toHaveProperty(['pipeline.jars']);
    expect(configOf(of(flinkConfiguration))).toMatchObject({ 'parallelism.default': '8' });
  });

  it('takes precedence over the defaults of the operator for jobs', () => {
    const flinkConfiguration = {
      'pipeline.name': 'clicks',
      'execution.checkpointing.externalized-checkpoint-retention': 'DELETE_ON_CANCELLATION',
    };

    expect(configOf(application({}, { flinkConfiguration }))).toMatchObject(flinkConfiguration);
  });

  it.each([
    ['v1_20', { 'security.ssl.enabled': 'true' }, true],
    ['v2_2', { 'security.ssl.enabled': 'true' }, false],
    ['v1_20', { 'security.ssl.enabled': 'true', 'security.ssl.rest.enabled': 'false' }, false],
    ['v2_2', { 'security.ssl.internal.enabled': 'true' }, false],
  ])('of %s with %j has TLS for REST: %s', (flinkVersion, flinkConfiguration, isRefused) => {
    expect(convert(deployment({ flinkVersion, flinkConfiguration })).refusals.length > 0).toBe(isRefused);
  });
});
