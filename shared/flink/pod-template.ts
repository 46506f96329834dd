import type { V1Container, V1PodTemplateSpec } from '@kubernetes/client-node';

import type { PodTemplate } from '#events/commands/deploy.ts';

export const mainContainerName = 'flink-main-container';

export interface PodTemplates {
  readonly default?: PodTemplate | undefined;
  readonly jobmanager?: PodTemplate | undefined;
  readonly taskmanager?: PodTemplate | undefined;
  /** The text of the file behind `taskmanager` or `default`, where there is one: it is shipped as it is. */
  readonly taskmanagerText?: string | undefined;
}

/** The pod to start from, taken apart. */
export interface PodTemplateParts {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Partial<NonNullable<V1PodTemplateSpec['spec']>>;
  /** Flink's own container: what the template says of it. */
  readonly main: Partial<V1Container>;
  readonly others: readonly V1Container[];
}

/** @see Flink 2.2 `KubernetesUtils.loadPodFromTemplateFile` */
export const splitPodTemplate = (template: PodTemplate | undefined): PodTemplateParts => {
  // The schema looks at the frame; what is in it is judged by the API server.
  const { metadata = {}, spec = {} } = (template ?? {}) as {
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

/** The JobManager's own template, else that for both. */
export const selectJobManagerTemplate = (templates: PodTemplates | undefined): PodTemplate | undefined =>
  templates?.jobmanager ?? templates?.default;

export const selectTaskManagerTemplate = (templates: PodTemplates | undefined): PodTemplate | undefined =>
  templates?.taskmanager ?? templates?.default;
