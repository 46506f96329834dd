import { Failure } from '#cli/api/failure.ts';
import type { PodTemplate } from '#events/commands/deploy.ts';
import type { Config } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';

import { textIn } from './config.ts';
import { read, textOf } from './files.ts';

export const templateOptions = {
  default: 'kubernetes.pod-template-file.default',
  jobmanager: 'kubernetes.pod-template-file.jobmanager',
  taskmanager: 'kubernetes.pod-template-file.taskmanager',
} as const;

export const readPodTemplates = async (config: Config): Promise<Pick<ClusterInput, 'podTemplates'>> => {
  const files = Object.entries(templateOptions).flatMap(([pod, key]) => {
    const file = textIn(config, key);
    if (file?.trim() === '') throw new Failure(`-D${key} names no file.`);
    return file === undefined ? [] : [[pod, file, key] as const];
  });
  if (files.length === 0) return {};
  const texts = new Map(
    await Promise.all(files.map(async ([pod, file, key]) => [pod, await templateText(file, key)] as const)),
  );
  const templates = await Promise.all(
    files.map(async ([pod, file]) => [pod, await templateIn(file, texts.get(pod) ?? '')] as const),
  );
  const taskmanagerText = texts.get('taskmanager') ?? texts.get('default');
  return {
    podTemplates: {
      ...Object.fromEntries(templates),
      ...(taskmanagerText === undefined ? {} : { taskmanagerText }),
    },
  };
};

const templateText = async (file: string, key: string): Promise<string> => {
  const text = await textOf(file);
  if (text === undefined)
    throw new Failure(`Pod template file ${file} does not exist.`, { lines: [`-D${key} names it.`] });
  return text;
};

const templateIn = async (file: string, text: string): Promise<PodTemplate> => {
  const [yaml, { deploy }, { parse }] = await Promise.all([
    import('yaml'),
    import('#events/commands/deploy.ts'),
    import('#events/problem.ts'),
  ]);
  const schema = deploy.data.shape.podTemplates.unwrap().shape.default.unwrap();
  return read(`Pod template file ${file} holds no pod.`, () => parse(schema, podOf(text, yaml)));
};

/** Fields of a pod, and maps of it, that hold text, whatever YAML makes of it. */
const textFields: ReadonlySet<unknown> = new Set(['value', 'labels', 'annotations', 'nodeSelector', 'matchLabels']);

/** A pod as Kubernetes' tools read its YAML: `0644` is octal, and what has to be text is text. */
const podOf = (text: string, { parseDocument, visit, isScalar, isMap }: typeof import('yaml')): unknown => {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw problem;
  const asWritten = (node: unknown) => {
    if (isScalar(node) && node.value !== null && typeof node.value !== 'string') node.value = node.source ?? '';
  };
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (!textFields.has(isScalar(key) ? key.value : key)) return;
      if (isMap(value)) value.items.forEach((item) => asWritten(item.value));
      else asWritten(value);
    },
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && /^0[0-7]+$/.test(node.source ?? ''))
        node.value = Number.parseInt(node.source ?? '', 8);
    },
  });
  return document.toJS();
};
