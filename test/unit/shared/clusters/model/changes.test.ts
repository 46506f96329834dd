import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RevisionSpec } from '#events/records/revisions.ts';
import { classifyChanges, listChanges, withoutState } from '#shared/clusters/model/changes.ts';
import { computeDigest } from '#shared/clusters/model/revision.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

const jar = 'local:///opt/flink/usrlib/etl.jar';
const application = { mode: 'application', job: { jar, parallelism: 2 } };
const adaptive = { config: { 'jobmanager.scheduler': 'Adaptive' } };

const parse = (data: object): RevisionSpec => RevisionSpec.parse({ ...application, clusterId: 'etl', ...data });

const toCompared = (spec: RevisionSpec) => {
  const { mode, image, config, ...input } = withoutState(spec);
  const options = { ...config, ...(image === undefined ? {} : { 'kubernetes.container.image.ref': image }) };
  const kind = mode === 'session' ? ('session' as const) : ('application' as const);
  const rendered = renderCluster({ ...input, mode: kind, config: options, clusterId: 'etl', namespace: 'flink' });
  return { spec, config: rendered.config };
};

const diff = (before: object, after: object) => {
  const [one, other] = [toCompared(parse(before)), toCompared(parse(after))];
  const changes = listChanges(one, other);
  return { changes, class: classifyChanges(changes, one, other) };
};

describe('the changes between two specs', () => {
  it('names a member once, and not the option that follows from it', () => {
    const { changes } = diff({ image: 'flink:2.2' }, { image: 'flink:2.2-scala', job: { jar, args: ['--n', '1'] } });

    expect(changes).toEqual([
      { path: ['image'], old: 'flink:2.2', new: 'flink:2.2-scala', from: 'command' },
      { path: ['job', 'args'], old: [], new: ['--n', '1'], from: 'command' },
      { path: ['job', 'parallelism'], old: 2, new: undefined, from: 'command' },
      // Nothing of the new spec sets it, so that the value of Flink's distribution applies.
      { path: ['config', 'parallelism.default'], old: 2, new: 1, from: 'folder' },
    ]);
  });

  it('has options with their values and their sources, also one that returns to its default', () => {
    const { changes } = diff({ config: { 'taskmanager.numberOfTaskSlots': '4', a: '1' } }, { config: { b: '2' } });

    expect(changes).toEqual([
      { path: ['config', 'a'], old: '1', new: undefined, from: 'command' },
      { path: ['config', 'b'], old: undefined, new: '2', from: 'command' },
      { path: ['config', 'taskmanager.numberOfTaskSlots'], old: '4', new: 1, from: 'folder' },
    ]);
  });

  it('goes into pod templates of the same form', () => {
    const template = (image: string) => ({
      podTemplates: { default: { spec: { containers: [{ name: 'sidecar', image }] } } },
    });

    expect(diff(template('a:1'), template('a:2')).changes).toEqual([
      {
        path: ['podTemplates', 'default', 'spec', 'containers', '0', 'image'],
        old: 'a:1',
        new: 'a:2',
        from: 'command',
      },
    ]);
  });

  it.each<[string, object, object]>([
    [
      'another key of the same option',
      { config: { 'kubernetes.jobmanager.cpu': '2' } },
      { config: { 'kubernetes.jobmanager.cpu.amount': '2' } },
    ],
    ['another state to start from', {}, { job: { ...application.job, restore: { path: 's3://bucket/savepoint-1' } } }],
    ['another cluster ID', {}, { clusterId: 'other' }],
    ['a default that is written out', {}, { onFailure: 'remove', labels: {} }],
  ])('does not have %s', (_what, before, after) => {
    expect(diff(before, after)).toEqual({ changes: [], class: 'none' });
  });

  it.each<[string, string, object, object]>([
    ['none', 'labels', { labels: { env: 'test' } }, { labels: { owner: 'etl' } }],
    ['restart', 'the label of the team, for which its capacity counts', {}, { labels: { team: 'etl' } }],
    ['none', 'the lifetime', { lifetime: { ttl: '1h' } }, { lifetime: { ttl: '2h' } }],
    ['none', 'onFailure', {}, { onFailure: 'keep' }],
    ['rescale', 'the parallelism with the adaptive scheduler', adaptive, { ...adaptive, job: { jar, parallelism: 4 } }],
    [
      'rescale',
      'the parallelism as an option, and labels',
      { ...adaptive, job: { jar } },
      { job: { jar }, config: { ...adaptive.config, 'parallelism.default': '4' }, labels: { a: 'b' } },
    ],
    ['restart', 'the parallelism with another scheduler', {}, { job: { jar, parallelism: 4 } }],
    ['restart', 'the scheduler and the parallelism', {}, { ...adaptive, job: { jar, parallelism: 4 } }],
    [
      'restart',
      'the slots of a TaskManager, which a JobManager reads once',
      adaptive,
      { config: { ...adaptive.config, 'taskmanager.numberOfTaskSlots': '2' } },
    ],
    [
      'restart',
      'the default parallelism of a session, which its jobs may have copied',
      { mode: 'session', job: undefined, ...adaptive },
      { mode: 'session', job: undefined, config: { ...adaptive.config, 'parallelism.default': '4' } },
    ],
    [
      'restart',
      'the parallelism of a script that sets another one',
      { ...adaptive, job: { sql: { script: "SET 'parallelism.default' = '8'; SELECT 1;" }, parallelism: 2 } },
      { ...adaptive, job: { sql: { script: "SET 'parallelism.default' = '8'; SELECT 1;" }, parallelism: 4 } },
    ],
    ['restart', 'the arguments', {}, { job: { ...application.job, args: ['--n', '1'] } }],
    ['restart', 'the image', { image: 'flink:2.2' }, { image: 'flink:2.3' }],
  ])('are of class %s: %s', (expected, _what, before, after) => {
    expect(diff(before, after).class).toBe(expected);
  });
});

describe('the changes of any two specs', () => {
  const text = fc.constantFrom('a', 'b', 'c');
  const spec = fc
    .record(
      {
        image: fc.constantFrom('flink:2.2', 'flink:2.2-java17'),
        labels: fc.dictionary(text, text),
        lifetime: fc.record({ ttl: fc.constantFrom('1h', '2h') }),
        onFailure: fc.constantFrom('keep', 'remove'),
        config: fc
          .record(
            {
              'jobmanager.scheduler': fc.constantFrom('Adaptive', 'Default'),
              'parallelism.default': fc.constantFrom('1', '2', '4'),
              'taskmanager.numberOfTaskSlots': fc.constantFrom('1', '2'),
              'my.option': text,
            },
            { requiredKeys: [] },
          )
          .map((config) => ({ ...config })),
        job: fc.record(
          {
            jar: fc.constant(jar),
            parallelism: fc.integer({ min: 1, max: 4 }),
            args: fc.array(text, { maxLength: 2 }),
          },
          { requiredKeys: ['jar'] },
        ),
        podTemplates: fc.record({
          default: fc.record({ metadata: fc.record({ annotations: fc.dictionary(text, text) }) }),
        }),
      },
      { requiredKeys: ['job'] },
    )
    .map((data) => parse(JSON.parse(JSON.stringify(data))));

  it('are none between a spec and itself', () => {
    fc.assert(
      fc.property(spec, (one) => {
        expect(listChanges(toCompared(one), toCompared(structuredClone(one)))).toEqual([]);
      }),
    );
  });

  it('are reversed by the reverse, of the same class, and at different places', () => {
    fc.assert(
      fc.property(spec, spec, (one, other) => {
        const [before, after] = [toCompared(one), toCompared(other)];
        const [forth, back] = [listChanges(before, after), listChanges(after, before)];
        const byPath = (list: typeof forth) => new Map(list.map((change) => [change.path.join('\0'), change]));
        const reversed = byPath(back);

        expect(byPath(forth).size).toBe(forth.length);
        expect(reversed.size).toBe(forth.length);
        for (const [path, { old, new: current }] of byPath(forth))
          expect(reversed.get(path)).toMatchObject({ old: current, new: old });
        expect(classifyChanges(forth, before, after)).toBe(classifyChanges(back, after, before));
      }),
    );
  });

  it('are none for the same digest, and restart nothing only where nothing that runs differs', () => {
    fc.assert(
      fc.property(spec, spec, (one, other) => {
        const [before, after] = [toCompared(one), toCompared(other)];
        const changes = listChanges(before, after);
        const restartsNothing = classifyChanges(changes, before, after) === 'none';
        const runsTheSame =
          isDeepStrictEqual(before.config, after.config) &&
          isDeepStrictEqual([one.job, one.podTemplates], [other.job, other.podTemplates]);

        expect(changes.length === 0 || computeDigest(one) !== computeDigest(other)).toBe(true);
        expect(restartsNothing).toBe(runsTheSame);
      }),
    );
  });
});
