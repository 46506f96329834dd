import type { Document } from 'yaml';

import type { PodTemplate } from '#events/kubernetes/pod-template.ts';
import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';

import { textOption } from '#cli/input/config.ts';
import { parseContent, readText } from '#cli/input/files.ts';

export const templateOptions = {
  default: 'kubernetes.pod-template-file.default',
  jobmanager: 'kubernetes.pod-template-file.jobmanager',
  taskmanager: 'kubernetes.pod-template-file.taskmanager',
} as const;

export const readPodTemplates = async (config: Config): Promise<Pick<ClusterInput, 'podTemplates'>> => {
  const files = Object.entries(templateOptions).flatMap(([pod, key]) => {
    const file = textOption(config, key);
    return file === undefined ? [] : [[pod, file, key] as const];
  });
  if (files.length === 0) return {};
  const texts = new Map(
    await Promise.all(
      files.map(async ([pod, file, key]) => [pod, await readText({ file, option: `-D${key}` })] as const),
    ),
  );
  const templates = await Promise.all(
    files.map(async ([pod, file]) => [pod, await parseTemplate(file, texts.get(pod) ?? '')] as const),
  );
  const taskmanagerText = texts.get('taskmanager') ?? texts.get('default');
  return {
    podTemplates: {
      ...Object.fromEntries(templates),
      ...(taskmanagerText === undefined ? {} : { taskmanagerText }),
    },
  };
};

const parseTemplate = async (file: string, text: string): Promise<PodTemplate> => {
  const [yaml, { parseYaml }, { deploy }, { parse }] = await Promise.all([
    import('yaml'),
    import('#shared/flink/yaml-document.ts'),
    import('#events/commands/deploy.ts'),
    import('#events/problems/problem.ts'),
  ]);
  const schema = deploy.data.shape.podTemplates.unwrap().shape.default.unwrap();
  return parseContent(`Pod template file ${file} is not a pod.`, () => parse(schema, parsePod(parseYaml(text), yaml)));
};

/** Fields and maps of a pod whose values are text, also when YAML reads another type. */
const textFields: ReadonlySet<unknown> = new Set(['value', 'labels', 'annotations', 'nodeSelector', 'matchLabels']);

/** Parses a pod as the tools of Kubernetes do: `0644` is octal, and text fields keep their text. */
const parsePod = (document: Document.Parsed, { visit, isScalar, isMap }: typeof import('yaml')): unknown => {
  const [problem] = document.errors;
  if (problem !== undefined) throw problem;
  const keepText = (node: unknown) => {
    if (isScalar(node) && node.value !== null && typeof node.value !== 'string') node.value = node.source ?? '';
  };
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (!textFields.has(isScalar(key) ? key.value : key)) return;
      if (isMap(value)) value.items.forEach((item) => keepText(item.value));
      else keepText(value);
    },
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && /^0[0-7]+$/.test(node.source ?? ''))
        node.value = Number.parseInt(node.source ?? '', 8);
    },
  });
  return document.toJS();
};
