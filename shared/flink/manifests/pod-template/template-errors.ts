import type { PodTemplate } from '#events/kubernetes/pod-template.ts';
import { type FieldError, toPointer } from '#events/problems/problem.ts';
import type { Config } from '#shared/flink/config.ts';
import { readOption, toFieldError } from '#shared/flink/options.ts';

import {
  findTemplateName,
  mainContainerName,
  type PodKind,
  podKinds,
  type PodTemplates,
  type TemplateName,
  templateNames,
} from './pod-template.ts';

/** What Flink adds to each kind of pods. Kubernetes refuses a pod that has one of the names twice. */
const additions = {
  jobmanager: { volumes: ['flink-config-volume', 'user-artifacts-volume', 'pod-template-volume'], ports: [] },
  // The JobManager creates these pods itself, long after the deploy. Drey merges the ports of the JobManager only.
  taskmanager: { volumes: ['flink-config-volume'], ports: ['taskmanager-rpc'] },
} as const;

/** What is wrong with the pod templates, apart from the types of their fields. */
export const findTemplateErrors = (config: Config, templates: PodTemplates = {}): readonly FieldError[] => {
  const repetitions = podKinds.flatMap((pod) => findRepetitions(pod, config, templates));
  // Both kinds of pods may have the default template.
  const byPointer = new Map(repetitions.map((error) => [error.pointer, error]));
  return [
    ...findMissingTemplates(config, templates),
    ...byPointer.values(),
    ...templateNames.flatMap((name) => findDelays(name, templates[name])),
  ];
};

/** With them, the pods of a cluster would outlast its stop. */
const maxGraceSeconds = 3_600;

const findDelays = (template: TemplateName, given: PodTemplate = {}): readonly FieldError[] => {
  const { metadata: { finalizers = [] } = {}, spec: { terminationGracePeriodSeconds: grace = 0 } = {} }: Delays = given;
  const at = (...path: readonly string[]) => toPointer(['podTemplates', template, ...path]);
  return [
    ...(finalizers.length === 0
      ? []
      : [{ pointer: at('metadata', 'finalizers'), detail: 'finalizers keep a pod after its end; remove them' }]),
    ...(grace <= maxGraceSeconds
      ? []
      : [
          {
            pointer: at('spec', 'terminationGracePeriodSeconds'),
            detail: `must be at most ${maxGraceSeconds}, so that the pods end with their cluster`,
          },
        ]),
  ];
};

/** What delays the end of a pod. */
interface Delays {
  readonly metadata?: { readonly finalizers?: readonly string[] };
  readonly spec?: { readonly terminationGracePeriodSeconds?: number };
}

/** The client reads the files and sends their content with the command. */
const findMissingTemplates = (config: Config, templates: PodTemplates): readonly FieldError[] =>
  templateNames.flatMap((name) => {
    const key = `kubernetes.pod-template-file.${name}`;
    return Object.hasOwn(config, key) && templates[name] === undefined
      ? [toFieldError(key, 'the content of the file is missing; send it as `podTemplates` in the API')]
      : [];
  });

/** The parts of a template that Flink adds, too. The schema of the request has checked the types of its fields. */
interface Outline {
  readonly spec?: {
    readonly volumes?: readonly { readonly name: string }[];
    readonly containers?: readonly {
      readonly name: string;
      readonly ports?: readonly { readonly name?: string | null }[];
      readonly volumeMounts?: readonly { readonly mountPath: string }[];
    }[];
  };
}

const findRepetitions = (pod: PodKind, config: Config, templates: PodTemplates): readonly FieldError[] => {
  const template = findTemplateName(templates, pod);
  const { spec: { volumes = [], containers = [] } = {} }: Outline = templates[template] ?? {};
  const { volumes: volumeNames, ports } = additions[pod];
  const folder = readOption(config, 'kubernetes.flink.conf.dir');
  const at = (...path: readonly (string | number)[]) =>
    toPointer(['podTemplates', template, 'spec', ...path.map(String)]);
  return [
    ...findAdded(volumes, ({ name }) => volumeNames.some((own) => own === name)).map((index) => ({
      pointer: at('volumes', index, 'name'),
      detail: `${volumes[index]?.name ?? ''} is the name of a volume that Flink adds; choose another name`,
    })),
    ...containers.flatMap((main, container) => {
      if (main.name !== mainContainerName) return [];
      return [
        ...findAdded(main.volumeMounts ?? [], ({ mountPath }) => trimSlashes(mountPath) === trimSlashes(folder)).map(
          (index) => ({
            pointer: at('containers', container, 'volumeMounts', index, 'mountPath'),
            detail: `Flink mounts its configuration at ${folder}; choose another path, or set kubernetes.flink.conf.dir`,
          }),
        ),
        ...findAdded(main.ports ?? [], ({ name }) => ports.some((own) => own === name)).map((index) => ({
          pointer: at('containers', container, 'ports', index, 'name'),
          detail: `Flink adds the port ${main.ports?.[index]?.name ?? ''} to its TaskManagers; remove it`,
        })),
      ];
    }),
  ];
};

const trimSlashes = (path: string): string => path.replace(/(?<!\/)\/+$/, '');

/** The indexes of the items that Flink adds, too. */
const findAdded = <T>(items: readonly T[], isAdded: (item: T) => boolean): readonly number[] =>
  items.flatMap((item, index) => (isAdded(item) ? [index] : []));
