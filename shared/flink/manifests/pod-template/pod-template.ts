import type { V1Container, V1PodTemplateSpec } from '@kubernetes/client-node';

import type { PodTemplate } from '#events/kubernetes/pod-template.ts';

export const mainContainerName = 'flink-main-container';

/** The kinds of pods of a cluster. */
export const podKinds = ['jobmanager', 'taskmanager'] as const;
export type PodKind = (typeof podKinds)[number];

/** The options with the environment variables of Flink's container. */
export const environmentOptions = {
  jobmanager: 'containerized.master.env',
  taskmanager: 'containerized.taskmanager.env',
} as const satisfies Record<PodKind, string>;

export const templateNames = ['default', ...podKinds] as const;
export type TemplateName = (typeof templateNames)[number];

export interface PodTemplates {
  readonly default?: PodTemplate | undefined;
  readonly jobmanager?: PodTemplate | undefined;
  readonly taskmanager?: PodTemplate | undefined;
  /** The text of the file that `taskmanager` or `default` was read from. It is shipped unchanged. */
  readonly taskmanagerText?: string | undefined;
}

/** A pod template, divided into the parts that the JobManager's pod is made of. */
export interface PodTemplateParts {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Partial<NonNullable<V1PodTemplateSpec['spec']>>;
  /** Flink's own container, as far as the template defines it. */
  readonly main: Partial<V1Container>;
  readonly others: readonly V1Container[];
}

/** @see Flink 2.2 `KubernetesUtils.loadPodFromTemplateFile` */
export const splitPodTemplate = (template: PodTemplate | undefined): PodTemplateParts => {
  // The schema of the request has compared all fields with the types of Kubernetes.
  const outline: unknown = template ?? {};
  const { metadata = {}, spec = {} } = outline as {
    readonly metadata?: PodTemplateParts['metadata'];
    readonly spec?: Partial<NonNullable<V1PodTemplateSpec['spec']>>;
  };
  const { containers = [], ...rest } = spec;
  return {
    metadata,
    spec: rest,
    main: containers.find(({ name }) => name === mainContainerName) ?? {},
    others: containers.filter(({ name }) => name !== mainContainerName),
  };
};

/** The service account that a template names. */
export const getServiceAccount = (template: PodTemplate | undefined): string | undefined => {
  const { serviceAccountName, serviceAccount } = splitPodTemplate(template).spec;
  return [serviceAccountName, serviceAccount].find((name) => (name ?? '') !== '');
};

/** The name of the template that pods of a kind have: their own, or the default one. */
export const findTemplateName = (templates: PodTemplates | undefined, pod: PodKind): TemplateName =>
  templates?.[pod] === undefined ? 'default' : pod;

/** The template of pods of a kind. */
export const selectTemplate = (templates: PodTemplates | undefined, pod: PodKind): PodTemplate | undefined =>
  templates?.[findTemplateName(templates, pod)];
