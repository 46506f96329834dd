import type { V1ConfigMap } from '@kubernetes/client-node';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clientOnlyOptions } from '#shared/flink/config.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { options } from '#shared/flink/options.ts';
import { fromConfigFile } from '#test/unit/shared/flink/normalise.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

import { render } from './fixture.ts';

const writtenOf = ({ dependents }: ReturnType<typeof renderCluster>) => {
  const configMap = dependents.find((object): object is V1ConfigMap => object.metadata?.name === 'flink-config-nest');
  return fromConfigFile(configMap?.data?.['config.yaml'] ?? '');
};
/** What Flink's client settles by itself. */
const settled = [
  'execution.state-recovery.path',
  'kubernetes.internal.jobmanager.entrypoint.class',
  'high-availability.cluster-id',
  // The flags of Java's modules precede the caller's options.
  'env.java.default-opts.all',
];
const order = [
  '/clusterId',
  '/config/kubernetes.cluster-id',
  '/config/kubernetes.namespace',
  '/config/kubernetes.jobmanager.cpu',
  '/config/kubernetes.jobmanager.replicas',
  '/config/jobmanager.memory.process.size',
  '/config/taskmanager.memory.process.size',
];

describe('a session cluster', () => {
  it('is rejected with all mistakes at once', () => {
    const config = {
      'kubernetes.cluster-id': 'other',
      'kubernetes.namespace': 'other',
      'kubernetes.jobmanager.cpu': 'lots',
      'kubernetes.jobmanager.replicas': '2',
      'jobmanager.memory.process.size': '100m',
      'taskmanager.memory.process.size': '100m',
    };

    expect(() => render(config, { clusterId: 'No' })).toThrow(
      expect.objectContaining({
        code: 'refused-option',
        errors: ['/clusterId', ...Object.keys(config).map((key) => `/config/${key}`)]
          .toSorted((one, other) => order.indexOf(one) - order.indexOf(other))
          .map((pointer) => expect.objectContaining({ pointer })),
      }),
    );
  });

  it('is rendered or rejected for any options', () => {
    const key = fc.oneof(
      fc.constantFrom(...Object.keys(options)),
      fc.string(),
      fc.constantFrom('__proto__', 'rest', 'env.java'),
    );
    const value = fc.oneof(fc.string(), fc.constantFrom('1', '2g', 'true', 'a:1,b:2'));

    fc.assert(
      fc.property(fc.dictionary(key, value), fc.string(), (config, clusterId) => {
        const faults = [clusterId, 'nest'].map((id) =>
          faultOf(() => renderCluster({ mode: 'session', clusterId: id, namespace: 'trees', config })),
        );

        expect(faults.every((fault) => fault === undefined || fault.errors.length > 0)).toBe(true);
      }),
    );
  });

  it('loses no value of the options, alone or in pairs', () => {
    const keys = Object.keys(options).map((key) => key.replace('<name>', 'gpu'));
    const ofClient = new Set([...clientOnlyOptions, ...settled]);
    const value = fc.constantFrom('1', '2g', '500m', 'true', 'a:1,b:2', '3 s', 'Always', 'x');

    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value, { minKeys: 1, maxKeys: 2 }), (given) => {
        const asked = { mode: 'session', clusterId: 'nest', namespace: 'trees', config: given } as const;
        const fault = faultOf(() => renderCluster(asked));
        const kept = Object.entries(given).filter(([key]) => !ofClient.has(key));
        const expected = fault === undefined ? Object.fromEntries(kept) : {};

        expect([undefined, 'refused-option']).toContain(fault?.code);
        expect(fault === undefined ? writtenOf(renderCluster(asked)) : {}).toMatchObject(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('loses no option on the way to config.yaml', () => {
    const key = fc.stringMatching(/^my(\.[a-z]{1,8}){1,3}$/);

    fc.assert(
      fc.property(fc.dictionary(key, fc.string(), { maxKeys: 1 }), (config) => {
        expect(render(config).config).toMatchObject(config);
      }),
    );
  });
});
