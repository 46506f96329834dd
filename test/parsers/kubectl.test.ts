import { runInNewContext } from 'node:vm';

import type { KubernetesObject, V1ConfigMap, V1Deployment, V1Pod } from '@kubernetes/client-node';
import { execa } from 'execa';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';

import { Fault } from '#events/problems/problem.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { toDocuments } from '#shared/flink/manifests/manifests.ts';
import { toYamlText } from '#shared/flink/yaml.ts';

import { checkAll } from './batches.ts';
import { deploy, expectRefusal, getFile } from './deploy.ts';
import { text } from './texts.ts';

/** The objects as kubectl reads them from its standard input. It sends them nowhere. */
const readWithKubectl = async (yaml: string): Promise<readonly KubernetesObject[]> => {
  const words = ['label', '--local', '--filename', '-', '--output', 'jsonpath={@}{"\\n"}', 'read-by=kubectl'];
  const { stdout } = await execa('kubectl', words, { input: yaml });
  return stdout.split('\n').map((line) => readJson(line) as KubernetesObject); // kubectl prints what it read.
};

const escapedKey = /\\.(?:[^"\\]|\\.)*":/;

/**
 * Reads JSON. V8 of Node 24.21 takes a key for one of an earlier object if their characters before an escape is resolved begin in
 * the same way: `"\n#"` for `"\\n"`. A context of its own has no earlier objects.
 */
const readJson = (json: string): unknown =>
  escapedKey.test(json) ? runInNewContext('JSON.parse(json)', { json }) : JSON.parse(json);

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

/** One run of kubectl for many texts. Each has several documents, whose number is known. */
const readAll = async (requests: readonly { readonly yaml: string; readonly documents: number }[]) => {
  const objects = await readWithKubectl(requests.map(({ yaml }) => yaml).join('---\n'));
  let next = 0;
  return requests.map(({ documents }) => objects.slice(next, (next += documents)));
};

describe('kubectl', () => {
  it('reads what `drey render` prints as it was written, and the pod template of the TaskManagers', async () => {
    expect.hasAssertions();
    await checkAll({
      cases: inputs,
      render: (input) => {
        const cluster = deploy('2.3', input);
        if (cluster instanceof Fault) return expectRefusal(cluster, ['/podTemplates', '/config', '/job']);
        const printed = { ...cluster, dependents: cluster.dependents.filter(hasTexts) };
        const objects = [cluster.deployment, ...printed.dependents];
        const template = getFile(cluster, 'taskmanager-pod-template.yaml');
        return {
          request: { yaml: `${toDocuments(printed)}---\n${template}`, documents: objects.length + 1 },
          verify: (read: readonly KubernetesObject[]) => {
            expect(read.slice(0, -1).map(pickTexts)).toEqual(objects.map(pickTexts));
            expect(read.slice(-1).map(pickTexts)).toEqual([pickTexts({ kind: 'Pod', ...input.podTemplates?.default })]);
            return 'equal';
          },
        };
      },
      ask: readAll,
    });
  });
});

/** A document with a text as a name and as a value, as `drey render` writes it. */
const writeText = (value: string) => toYamlText({ annotations: { a: value, [value]: 'b' } });

describe.each(['1.1', '1.2'] as const)('a reader of YAML %s', (version) => {
  it('reads any text as it was written, as a name and as a value', async () => {
    expect.hasAssertions();
    await checkAll({
      cases: text,
      render: (value) => ({
        request: writeText(value),
        verify: (read: unknown) => {
          expect(read).toEqual({ annotations: { a: value, [value]: 'b' } });
          return 'equal';
        },
      }),
      ask: async (texts) => texts.map((yaml) => parseYaml(yaml, { version })),
      minEqual: 1,
    });
  });
});
