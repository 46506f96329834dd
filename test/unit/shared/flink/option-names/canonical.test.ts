import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { flinkVersions } from '#events/flink-version.ts';
import { canonicalizeConfig, findConflicts, withoutReplaced } from '#shared/flink/option-names/canonical.ts';

import { findOwnNames, readAsFlink, resolveLayers } from './layers.ts';

describe('a deprecated key', () => {
  it.each([
    ['kubernetes.container.image', 'kubernetes.container.image.ref'],
    ['kubernetes.jobmanager.cpu', 'kubernetes.jobmanager.cpu.amount'],
    ['env.java.opts', 'env.java.opts.all'],
    ['high-availability', 'high-availability.type'],
    ['state.backend', 'state.backend.type'],
    ['restart-strategy', 'restart-strategy.type'],
    ['state.checkpoints.num-retained', 'execution.checkpointing.num-retained'],
    ['state.checkpoints.dir', 'execution.checkpointing.dir'],
    ['akka.ask.timeout', 'pekko.ask.timeout'],
    ['state.backend.incremental', 'execution.checkpointing.incremental'],
    ['execution.savepoint.path', 'execution.state-recovery.path'],
    ['web.port', 'rest.port'],
  ])('%s becomes %s in every version', (old, current) => {
    for (const version of flinkVersions)
      expect(canonicalizeConfig({ [old]: 'x', [`${old}.more`]: 'y' }, version)).toEqual({
        [current]: 'x',
        [`${old}.more`]: 'y',
      });
  });

  it('follows the version of Flink', () => {
    const config = { 'jobstore.cache-size': '5' };

    expect(canonicalizeConfig(config, '2.2')).toEqual(config);
    expect(canonicalizeConfig(config, '2.3')).toEqual({ 'completed-application-store.cache-size': '5' });
  });

  it('stays when it is an option itself', () => {
    const config = { 'process.working-dir': '/a', 'pekko.ask.timeout': '1 s', 'rest.port': '1' };

    expect(canonicalizeConfig(config, '2.3')).toEqual(config);
  });
});

describe('several keys of one option in one layer', () => {
  it('have the value that Flink reads', () => {
    const config = { 'high-availability': 'a', 'recovery.mode': 'b', 'state.backend': 'c', 'state.backend.type': 'd' };

    expect(canonicalizeConfig(config, '2.3')).toEqual({ 'high-availability.type': 'b', 'state.backend.type': 'd' });
    expect(findConflicts(config, '2.3')).toEqual([
      ['recovery.mode', 'high-availability'],
      ['state.backend.type', 'state.backend'],
    ]);
  });

  it('do not conflict when their values are equal', () => {
    expect(findConflicts({ 'state.backend': 'c', 'state.backend.type': 'c' }, '2.3')).toEqual([]);
  });
});

describe('options of the command line', () => {
  it('replace those of the folder under any name of any version', () => {
    const folder = { 'execution.checkpointing.num-retained': 5, 'jobstore.cache-size': 1, 'pipeline.name': 'a' };
    const command = { 'state.checkpoints.num-retained': '20', 'completed-application-store.cache-size': '2' };

    expect(withoutReplaced(folder, command)).toEqual({ 'pipeline.name': 'a' });
  });
});

describe.each(flinkVersions)('each option of Flink %s', (version) => {
  const options = findOwnNames(version);
  const layer = (names: readonly string[]) =>
    fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 9 }).map(String), { maxKeys: 3 });

  it('has the value of the strongest layer, under whatever names the layers set it', () => {
    expect(options.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(
        fc.constantFrom(...options).chain(({ key, names }) =>
          fc.record({
            key: fc.constant(key),
            folder: layer(names),
            defaults: layer(names),
            drey: layer(names),
            config: layer(names),
          }),
        ),
        ({ key, ...layers }) => {
          const { folder, defaults, drey, config } = layers;
          const strongest = [drey, config, defaults, folder].find((one) => Object.keys(one).length > 0) ?? {};

          const resolved = resolveLayers(layers, version);

          expect(readAsFlink(key, resolved, version)).toBe(readAsFlink(key, strongest, version));
          expect(
            findOwnNames(version)
              .find((one) => one.key === key)
              ?.names.slice(1)
              .filter((name) => name in resolved),
          ).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a name of a map', () => {
  it('is added to the map of a weaker layer', () => {
    const layers = { folder: {}, defaults: { 'kubernetes.jobmanager.labels': 'team:etl,a:1' }, drey: {} };

    expect(resolveLayers({ ...layers, config: { 'kubernetes.jobmanager.labels.a': '2' } }, '2.3')).toMatchObject({
      'kubernetes.jobmanager.labels.team': 'etl',
      'kubernetes.jobmanager.labels.a': '2',
    });
  });
});
