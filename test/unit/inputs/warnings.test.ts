import { describe, expect, it } from 'vitest';

import { getStockConfig } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

const input: ClusterInput = { mode: 'session', clusterId: 'nest', namespace: 'trees', config: {} };
const warningsOf = (config: ClusterInput['config'], rest: Partial<ClusterInput> = {}) =>
  renderCluster({ ...input, ...rest, config }).warnings;
const template = (spec: Record<string, unknown>) => ({ podTemplates: { default: { spec } } });
const main = (fields: Record<string, unknown>) =>
  template({ containers: [{ name: 'flink-main-container', ...fields }] });

describe('a value that does not arrive as it was written', () => {
  it.each([
    ['a doubled dollar sign', { 'containerized.master.env.PW': 'pa$$w0rd' }, '$$'],
    ['a reference', { 'containerized.taskmanager.env.PW': 'x$(HOME)' }, '$(…)'],
    ['a reference in an argument', { 'kubernetes.jobmanager.entrypoint.args': '-Dx=$(HOME)' }, '$(…)'],
    ['a placeholder', { 'pipeline.name': 'etl-${DATE}' }, '${…}. Neither'],
    ['an exponent', { 'kubernetes.jobmanager.labels': '{commit: 7e10}' }, "write '7e10'"],
    ['a fraction', { 'kubernetes.taskmanager.annotations': '{version: 1.20}' }, 'YAML reads 1.20 as 1.2'],
    ['a folder of savepoints', { 'execution.checkpointing.savepoint-dir': 'savepoints' }, 'lost with the container'],
    ['a folder of checkpoints', { 'execution.checkpointing.dir': '/mnt/x' }, 'lost with the container'],
  ] as const)('is %s, which a warning names', (_what, config, text) => {
    expect(warningsOf(config)).toEqual([expect.stringContaining(text)]);
    expect(warningsOf(config)[0]).toContain(Object.keys(config)[0]);
  });

  it.each([
    { 'containerized.master.env.PW': 'pa$w0rd' },
    { 'env.java.opts.all': '-XX:HeapDumpPath=${FLINK_LOG_PREFIX}.hprof' },
    { 'kubernetes.jobmanager.labels': "{commit: '7e10', version: a1}" },
    { 'kubernetes.jobmanager.labels': 'version:1.20' },
    { 'execution.checkpointing.savepoint-dir': 's3://bucket/savepoints' },
  ])('is none of %j', (config) => {
    expect(warningsOf(config)).toEqual([]);
  });
});

describe('a placeholder in an argument of an application', () => {
  it('causes one warning', () => {
    const job = { jar: 'local:///x.jar', args: ['--day', '${DAY}'] };

    expect(warningsOf({}, { mode: 'application', job })).toEqual([
      'Argument 2 of the program contains a placeholder, ${…}. Neither Drey nor Flink replaces it.',
    ]);
  });
});

describe('a restore path in the configuration of a session', () => {
  const path = 's3://bucket/savepoint';

  it.each([
    ['the command', { config: { 'execution.state-recovery.path': path } }],
    ['the command', { config: { 'execution.savepoint.path': path } }],
    ['the target', { defaults: { 'execution.state-recovery.path': path } }],
    ['the configuration folder', { folder: { ...getStockConfig('2.3'), 'execution.state-recovery.path': path } }],
  ])('of %s is not applied, and a warning says so', (from, part) => {
    const { config, warnings } = renderCluster({ ...input, ...part });

    expect(JSON.stringify(config)).not.toContain(path);
    expect(warnings).toEqual([expect.stringContaining(`execution.state-recovery.path of ${from} is not applied`)]);
  });

  it('is applied to an application', () => {
    const { config, warnings } = renderCluster({
      ...input,
      mode: 'application',
      config: { 'execution.state-recovery.path': path },
      job: { jar: 'local:///x.jar', args: [] },
    });

    expect(config['execution.state-recovery.path']?.value).toBe(path);
    expect(warnings).toEqual([]);
  });
});

describe('what Flink replaces in a pod template', () => {
  it.each([
    ['another container', template({ containers: [{ name: 'main' }] }), 'no container flink-main-container. main runs'],
    ['the command', main({ command: ['x'] }), 'kubernetes.entry.path'],
    ['the arguments', main({ args: ['x'] }), 'kubernetes.jobmanager.entrypoint.args'],
    ['the CPU', main({ resources: { limits: { cpu: '4' } } }), 'kubernetes.jobmanager.cpu.amount'],
    ['the memory', main({ resources: { requests: { memory: '8Gi' } } }), 'jobmanager.memory.process.size'],
  ])('is named: %s', (_what, rest, text) => {
    const warnings = warningsOf({}, rest);

    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(text);
    expect(warnings[0]).toContain('JobManager');
    expect(warnings[1]).toContain('TaskManagers');
  });

  it('is named: the image and the service account', () => {
    const options = { 'kubernetes.service-account': 'flink', 'kubernetes.container.image.ref': 'flink:2.2.1' };
    const spec = { serviceAccountName: 'irsa', containers: [{ name: 'flink-main-container', image: 'my/own:1' }] };

    const warnings = warningsOf(options, { podTemplates: { jobmanager: { spec } } });

    expect(warnings).toEqual([
      expect.stringContaining('image my/own:1'),
      expect.stringContaining('irsa of the pod template is replaced by flink of kubernetes.service-account'),
    ]);
  });

  it('is not what Flink keeps', () => {
    const kept = main({ workingDir: '/x', resources: { limits: { 'nvidia.com/gpu': '1' } }, image: 'my/own:1' });

    expect(warningsOf({}, kept)).toEqual([]);
  });
});

describe('log settings', () => {
  it.each([{}, { 'log4j.properties': 'rootLogger.level = INFO\n' }])(
    'without those of the console cause a warning: %j',
    (files) => {
      expect(warningsOf({}, { files })).toEqual([expect.stringContaining('has no log4j-console.properties')]);
    },
  );

  it.each([undefined, { 'logback-console.xml': '<configuration/>' }])('of the console cause none: %j', (files) => {
    expect(warningsOf({}, { files })).toEqual([]);
  });

  it('of log4j 1 cause a warning', () => {
    const files = { 'log4j-console.properties': 'log4j.rootLogger=INFO, console\n' };

    expect(warningsOf({}, { files })).toEqual([expect.stringContaining('log4j 1')]);
    expect(warningsOf({}, { files: { 'log4j-console.properties': 'rootLogger.level = INFO\n' } })).toEqual([]);
  });
});
