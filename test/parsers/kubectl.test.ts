import type { KubernetesObject, V1ConfigMap, V1Deployment, V1Pod } from '@kubernetes/client-node';
import { execa } from 'execa';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { toDocuments } from '#shared/flink/manifests/manifests.ts';

import { deploy, getFile } from './deploy.ts';
import { text } from './texts.ts';

/** The objects as kubectl reads them from its standard input. It sends them nowhere. */
const readWithKubectl = async (yaml: string): Promise<readonly KubernetesObject[]> => {
  const words = ['label', '--local', '--filename', '-', '--output', 'jsonpath={@}{"\\n"}', 'read-by=kubectl'];
  const { stdout } = await execa('kubectl', words, { input: yaml });
  return stdout.split('\n').map((line) => JSON.parse(line) as KubernetesObject); // kubectl prints what it read.
};

const texts = fc.dictionary(fc.oneof(text, fc.stringMatching(/^[a-z]{1,5}$/)), text, {
  maxKeys: 3,
  noNullPrototype: true,
});

const inputs: fc.Arbitrary<Pick<ClusterInput, 'config' | 'job' | 'podTemplates'>> = fc
  .record({ annotations: texts, variables: texts, members: texts, args: fc.array(text, { maxLength: 3 }) })
  .map(({ annotations, variables, members, args }) => ({
    config: Object.fromEntries(
      Object.values(variables).map((value, index) => [`containerized.master.env.V${index}`, value] as const),
    ),
    job: { jar: 'local:///x.jar', args },
    podTemplates: {
      default: {
        metadata: { annotations },
        spec: {
          nodeSelector: members,
          containers: [
            {
              name: 'flink-main-container',
              env: Object.entries(variables).map(([name, value]) => ({ name: `T_${name}`, value })),
            },
          ],
        },
      },
    },
  }));

/** The parts that have texts of the caller. kubectl completes and normalizes others, such as quantities. */
const pickTexts = (object: KubernetesObject): unknown => {
  if (object.kind === 'ConfigMap') return (object as V1ConfigMap).data;
  const pod = object.kind === 'Pod' ? (object as V1Pod) : (object as V1Deployment).spec?.template;
  return {
    annotations: pod?.metadata?.annotations ?? {},
    nodeSelector: pod?.spec?.nodeSelector ?? {},
    containers: pod?.spec?.containers.map(({ env = [], args = [] }) => ({
      env: env.map(({ name, value = '' }) => ({ name, value })),
      args,
    })),
  };
};

const hasTexts = ({ kind = '' }: KubernetesObject) => ['ConfigMap', 'Pod', 'Deployment'].includes(kind);

describe('kubectl', () => {
  it('reads what `drey render` prints as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(inputs, { minLength: 60, maxLength: 60, size: 'max' }), async (cases) => {
        const clusters = cases.flatMap((input) => deploy('2.3', input) ?? []);
        const objects = clusters.flatMap(({ deployment, dependents }) => [deployment, ...dependents]);

        const read = await readWithKubectl(clusters.map(toDocuments).join('---\n'));

        expect(read.filter(hasTexts).map(pickTexts)).toEqual(objects.filter(hasTexts).map(pickTexts));
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('reads the pod template of the TaskManagers as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(inputs, { minLength: 60, maxLength: 60, size: 'max' }), async (cases) => {
        const templates = cases.flatMap((input) => {
          const cluster = deploy('2.3', input);
          return cluster === undefined ? [] : [{ input, yaml: getFile(cluster, 'taskmanager-pod-template.yaml') }];
        });

        const read = await readWithKubectl(templates.map(({ yaml }) => yaml).join('---\n'));

        expect(read.map(pickTexts)).toEqual(
          templates.map(({ input }) => pickTexts({ kind: 'Pod', ...input.podTemplates?.default })),
        );
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
});
