import { describe, expect, it } from 'vitest';

import { flinkVersions } from '#events/flink-version.ts';
import { getStockConfig } from '#shared/flink/config.ts';
import { findUnknownOptions } from '#shared/flink/option-names/unknown.ts';

const warn = (key: string, version: (typeof flinkVersions)[number] = '2.3') =>
  findUnknownOptions({ [key]: 'x' }, version).join();

describe('an option with a typing error', () => {
  it.each([
    ['taskmanager.numberOfTaskSlot', 'taskmanager.numberOfTaskSlots'],
    ['execution.checkpoinitng.interval', 'execution.checkpointing.interval'],
    ['parallelism.defaults', 'parallelism.default'],
    ['state.chekpoints.dir', 'execution.checkpointing.dir'],
    ['kubernetes.jobmanager.cpus', 'kubernetes.jobmanager.cpu.amount'],
    ['kubernetes.contaner.image', 'kubernetes.container.image.ref'],
  ])('%s causes a warning that names %s', (key, similar) => {
    expect(warn(key)).toBe(`${key} is not an option of Flink. The most similar option is ${similar}.`);
  });
});

describe('an option of another version', () => {
  it.each([
    ['kubernetes.persistent-volume-claims', '2.2', 'Flink 2.3 introduced it.'],
    ['kubernetes.rest-service.labels.team', '1.20', 'Flink 2.2 introduced it.'],
    ['state.backend.rocksdb.checkpointdir', '2.2', 'Flink 2.0 removed it. Use state.backend.rocksdb.localdir.'],
  ] as const)('%s causes a warning on Flink %s', (key, version, text) => {
    expect(warn(key, version)).toBe(`${key} is not an option of Flink ${version}. ${text}`);
  });
});

describe('an option of something else', () => {
  it.each([
    's3.endpoint',
    's3.endpoint.region',
    's3.path.style.access',
    'fs.s3a.assumed.role.arn',
    'fs.allowed-fallback-filesystems',
    'presto.s3.sse.enabled',
    'metrics.reporter.prom.port',
    'metrics.reporter.prom.factory.clas',
    'traces.reporter.otel.exporter.endpoint',
    'security.delegation.token.provider.s3.region',
    'containerized.master.env.TZ',
    'kubernetes.taskmanager.annotations.prometheus.io/scrape',
    'external-resource.gpu.amount',
    'pipeline.global-job-parameters.day',
    'flink.hadoop.dfs.nameservices',
    'my.own.option',
    'kafka.bootstrap.servers',
    'hive.metastore.uris',
    'env.java.home',
  ])('%s causes no warning', (key) => {
    for (const version of flinkVersions) expect(warn(key, version)).toBe('');
  });

  it.each(flinkVersions)('is nothing in the configuration file of Flink %s', (version) => {
    expect(findUnknownOptions(getStockConfig(version), version)).toEqual([]);
  });
});
