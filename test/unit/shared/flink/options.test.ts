import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  assertNoFieldErrors,
  findOptionErrors,
  type OptionKey,
  options,
  readOption,
  toFieldError,
} from '#shared/flink/options.ts';

import { faultOf } from './outcome.ts';

describe('an option', () => {
  it.each<[OptionKey, string, unknown]>([
    ['kubernetes.jobmanager.cpu.amount', '0.5', 0.5],
    ['kubernetes.jobmanager.cpu.amount', '1e1', 10],
    ['kubernetes.hostnetwork.enabled', 'True', true],
    ['kubernetes.rest-service.exposed.type', 'headless_clusterip', 'Headless_ClusterIP'],
    ['kubernetes.container.image.pull-policy', 'ALWAYS', 'Always'],
    ['jobmanager.memory.process.size', '1600m', 1677721600n],
    ['jobmanager.memory.process.size', ' 2 GB ', 2147483648n],
    ['jobmanager.memory.process.size', '3kibibytes', 3072n],
    ['jobmanager.memory.process.size', '42', 42n],
    ['jobmanager.memory.jvm-overhead.fraction', '0.1', 0.10000000149011612],
    ['client.timeout', '90', 90],
    ['client.timeout', '2 min', 120_000],
    ['client.timeout', '1 hours', 3_600_000],
    ['client.timeout', 'PT1M30S', 90_000],
    ['kubernetes.container.image.pull-secrets', 'a; b', ['a', 'b']],
    ['kubernetes.container.image.pull-secrets', '[a, b]', ['a', 'b']],
    ['kubernetes.container.image.pull-secrets', "'a;b';c", ['a;b', 'c']],
    ['kubernetes.container.image.pull-secrets', '', []],
    ['kubernetes.jobmanager.labels', 'a:1, b:2', { a: '1', b: '2' }],
    ['kubernetes.jobmanager.labels', '{a: 1, b: true}', { a: '1', b: 'true' }],
    ['kubernetes.jobmanager.labels', `a:'x:y',b:"say ""hi"""`, { a: 'x:y', b: 'say "hi"' }],
    [
      'kubernetes.jobmanager.tolerations',
      'Key:gpu,tolerationseconds:60;operator:Exists',
      [{ key: 'gpu', tolerationSeconds: 60 }, { operator: 'Exists' }],
    ],
    ['kubernetes.jobmanager.tolerations', 'tolerationSeconds:99999999999', [{ tolerationSeconds: 99_999_999_999 }]],
    ['kubernetes.jobmanager.tolerations', 'key:k,tolerationSeconds:5', [{ key: 'k', tolerationSeconds: 5 }]],
    [
      'kubernetes.rest-service.annotations',
      "{a: True, b: 010, c: 0x1F, d: 1e3, e: 'True', 1: x}",
      { a: 'true', b: '10', c: '31', d: '1000.0', e: 'True', 1: 'x' },
    ],
    ['kubernetes.container.image.pull-secrets', 'a;;b', ['a', '', 'b']],
    ['kubernetes.container.image.pull-secrets', "a;'';b", ['a', '', 'b']],
    ['kubernetes.jobmanager.tolerations', '[{key: gpu}, {key: spot}]', [{ key: 'gpu' }, { key: 'spot' }]],
    [
      'kubernetes.env.secretKeyRef',
      'env:A,secret:b,key:c',
      [{ name: 'A', valueFrom: { secretKeyRef: { name: 'b', key: 'c' } } }],
    ],
  ])('%s=%s is read as Flink reads it', (key, text, value) => {
    expect(readOption({ [key]: text }, key)).toEqual(value);
  });

  it('that is a map can be set key by key', () => {
    const config = { 'containerized.master.env.A': '1', 'containerized.master.env.B.C': '2' };

    expect(readOption(config, 'containerized.master.env')).toEqual({ A: '1', 'B.C': '2' });
  });

  it.each<[OptionKey, string]>([
    ['kubernetes.container.image.ref', ' '],
    ['kubernetes.jobmanager.cpu.amount', 'lots'],
    ['kubernetes.jobmanager.cpu.amount', 'Infinity'],
    ['kubernetes.jobmanager.cpu.limit-factor', '0.9'],
    ['kubernetes.jobmanager.memory.limit-factor', '0'],
    ['kubernetes.jobmanager.replicas', '0'],
    ['taskmanager.numberOfTaskSlots', '1.5'],
    ['taskmanager.numberOfTaskSlots', '2147483648'],
    ['kubernetes.hostnetwork.enabled', 'yes'],
    ['kubernetes.rest-service.exposed.type', 'Ingress'],
    ['blob.server.port', '6124-6130'],
    ['rest.port', '0'],
    ['rest.bind-port', '65536'],
    ['jobmanager.memory.process.size', '1.5g'],
    ['jobmanager.memory.process.size', '9223372036854775808'],
    ['jobmanager.memory.process.size', '1600 miles'],
    ['jobmanager.memory.jvm-overhead.fraction', '1'],
    ['kubernetes.jobmanager.labels', 'team'],
    ['kubernetes.jobmanager.labels', '-bad-:ok'],
    ['kubernetes.taskmanager.node-selector', 'zone:a b'],
    ['kubernetes.jobmanager.tolerations', 'key:a,operator:Exist'],
    ['kubernetes.taskmanager.tolerations', 'key:a,effect:NoExecution'],
    ['kubernetes.jobmanager.labels', 'url:http://x'],
    ['kubernetes.jobmanager.labels', 'a:1,a:2'],
    ['kubernetes.rest-service.annotations', 'a:'],
    ['kubernetes.jobmanager.labels', "a:'x"],
    ['kubernetes.jobmanager.labels', "a:'x'y"],
    ['kubernetes.jobmanager.labels', '{a: {b: c}}'],
    ['kubernetes.jobmanager.tolerations', 'colour:red'],
    ['kubernetes.jobmanager.tolerations', 'key:a,tolerationSeconds:soon'],
    ['kubernetes.jobmanager.owner.reference', 'kind:ConfigMap,name:owner'],
    ['kubernetes.env.secretKeyRef', 'env:A,secret:b'],
    ['client.timeout', 'soon'],
    ['client.timeout', '1 fortnight'],
    ['execution.state-recovery.claim-mode', 'KEEP'],
  ])('%s=%s is rejected by its name', (key, text) => {
    expect(findOptionErrors({ [key]: text })).toMatchObject([{ pointer: `/config/${key}` }]);
  });

  it('that only a client can apply is rejected with the reason', () => {
    expect(findOptionErrors({ 'kubernetes.artifacts.local-upload-enabled': 'true' })).toMatchObject([
      { pointer: '/config/kubernetes.artifacts.local-upload-enabled', detail: expect.stringContaining('disk') },
    ]);
  });

  it('of an external resource is recognised by its name', () => {
    const config = { 'external-resource.gpu.amount': 'two', 'external-resource.gpu.kubernetes.config-key': 'x/gpu' };

    expect(findOptionErrors(config)).toMatchObject([{ pointer: '/config/external-resource.gpu.amount' }]);
  });

  it.each(Object.keys(options).filter(isOptionKey))('%s has a valid default', (key) => {
    expect(() => readOption({}, key)).not.toThrow();
  });

  it('may have a value and be the prefix of another one', () => {
    expect(findOptionErrors({ 'a.b': '1', 'a.b.c': '2' })).toEqual([]);
  });

  it('is rejected when its name is longer than any name of Flink', () => {
    expect(findOptionErrors({ ['a.'.repeat(5000)]: '' })).toHaveLength(1);
  });
});

describe('a deprecated name', () => {
  it('is used in the error of its value', () => {
    const given = { 'kubernetes.jobmanager.cpu': 'lots' };

    expect(findOptionErrors({ 'kubernetes.jobmanager.cpu.amount': 'lots' }, given)).toMatchObject([
      { pointer: '/config/kubernetes.jobmanager.cpu' },
    ]);
  });
});

describe('any text', () => {
  it('is read or rejected by every option', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^[\][{}a-c:,;'"&*!| -]*$/));
    const keys = fc.constantFrom(...Object.keys(options).filter(isOptionKey));

    fc.assert(
      fc.property(keys, texts, (key, text) => {
        const fault = faultOf(() => readOption({ [key]: text }, key));

        expect([undefined, 'refused-option']).toContain(fault?.code);
      }),
      { numRuns: 2000 },
    );
  });

  it('is unchanged in a quoted map', () => {
    const text = fc.string({ minLength: 1 });

    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { minLength: 1, selector: ([key]) => key }), (entries) => {
        const map = entries.map((pair) => quoted(pair.map((part) => quoted(part)).join(':'))).join(',');

        expect(readOption({ 'kubernetes.secrets': map }, 'kubernetes.secrets')).toEqual(Object.fromEntries(entries));
      }),
    );
  });
});

describe('mistakes', () => {
  it('are thrown together, and the message has the first', () => {
    const mistakes = [toFieldError('rest.port', 'is wrong'), toFieldError('a/b', 'is wrong, too')];

    expect(() => assertNoFieldErrors(mistakes)).toThrow(
      expect.objectContaining({
        code: 'refused-option',
        message: expect.stringMatching(/^rest\.port: .*\(and 1 more\)$/),
        errors: [
          { pointer: '/config/rest.port', detail: expect.any(String) },
          { pointer: '/config/a~1b', detail: expect.any(String) },
        ],
      }),
    );
  });
});

const isOptionKey = (key: string): key is OptionKey => Object.hasOwn(options, key);

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
