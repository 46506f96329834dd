import type { V1Container, V1PodSpec } from '@kubernetes/client-node';

import { isRecord } from '#events/is-record.ts';
import type { PodTemplate } from '#events/kubernetes/pod-template.ts';
import { toPointer } from '#events/problems/problem.ts';
import type { PodKind, TemplateName } from '#shared/flink/manifests/pod-template/pod-template.ts';

/** A pod as Flink or Kubernetes will create it. */
export interface RenderedPod {
  readonly kind: PodKind;
  readonly annotations: Readonly<Record<string, string>>;
  readonly namespace: string | undefined;
  readonly spec: V1PodSpec;
  /** The template of the caller that the pod is made of. */
  readonly templateName: TemplateName;
  readonly template: PodTemplate | undefined;
}

/** A step to a field: a member, or the item of a list with this name. */
export type Step = string | { readonly name: string };
export type Path = readonly Step[];

/** A field of a pod that a rule does not allow. */
export interface Violation {
  /** The rule, such as `pod security baseline`. */
  readonly rule: string;
  /** From the pod, such as `spec`, `containers`, the name, `image`. */
  readonly path: Path;
  /** What the object has or lacks, and what to do. */
  readonly detail: string;
  /** Whether the pod lacks something. A target cannot know whether a command will have it. */
  readonly isMissing?: boolean;
}

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Every container of a pod, with its path. */
export const listContainers = (spec: V1PodSpec): readonly (readonly [path: Path, container: V1Container])[] =>
  containerLists.flatMap((list) => {
    // No pod template may have containers for debugging, so that the schema of templates does not check their types.
    const containers: readonly unknown[] = Array.isArray(spec[list]) ? spec[list] : [];
    return containers.filter(isContainer).map((one) => [['spec', list, { name: one.name }], one] as const);
  });

const isContainer = (value: unknown): value is V1Container => isRecord(value) && typeof value['name'] === 'string';

const podNames: Readonly<Record<PodKind, string>> = { jobmanager: 'the JobManager', taskmanager: 'a TaskManager' };
const itemNames: Readonly<Record<string, string>> = {
  containers: 'container',
  initContainers: 'init container',
  ephemeralContainers: 'ephemeral container',
  volumes: 'volume',
};

/** The object that a path leads to: `container proxy of the pod template default`, or of the pod if no template has it. */
export const describeObject = (pod: RenderedPod, path: Path): string => {
  const [, list, item] = path;
  const name = typeof list === 'string' ? itemNames[list] : undefined;
  const of = isOfTemplate(pod, path) ? `the pod template ${pod.templateName}` : podNames[pod.kind];
  return name === undefined || typeof item !== 'object' ? of : `${name} ${item.name} of ${of}`;
};

/** The place of a field in the pod template of the command, or that of the nearest field around it. */
export const locate = (pod: RenderedPod, path: Path): string =>
  pod.template === undefined ? '/podTemplates' : toPointer(['podTemplates', pod.templateName, ...findSteps(pod, path)]);

/** Whether the template has the field. Otherwise an option, or Flink itself, has set it. */
export const isOfTemplate = (pod: RenderedPod, path: Path): boolean => findSteps(pod, path).length === path.length;

const findSteps = ({ template }: RenderedPod, path: Path): readonly string[] => {
  const steps: string[] = [];
  let value: unknown = template;
  for (const step of path) {
    const found = findMember(value, step);
    if (found === undefined) break;
    steps.push(found.name);
    ({ value } = found);
  }
  return steps;
};

const findMember = (value: unknown, step: Step): { readonly name: string; readonly value: unknown } | undefined => {
  if (Array.isArray(value)) {
    const index = value.findIndex((item: unknown) =>
      typeof step === 'string' ? String(value.indexOf(item)) === step : isNamed(item, step.name),
    );
    return index === -1 ? undefined : { name: String(index), value: value[index] };
  }
  return typeof step === 'string' && isRecord(value) && Object.hasOwn(value, step)
    ? { name: step, value: value[step] }
    : undefined;
};

const isNamed = (item: unknown, name: string): boolean => isRecord(item) && item['name'] === name;
