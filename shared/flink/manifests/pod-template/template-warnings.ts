import { findPodIssues, type PodTemplate } from '#events/kubernetes/pod-template.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { readOption } from '#shared/flink/options.ts';

import {
  environmentOptions,
  mainContainerName,
  type PodKind,
  podKinds,
  type PodTemplateParts,
  type PodTemplates,
  selectTemplate,
  splitPodTemplate,
  templateNames,
} from './pod-template.ts';
import { findAccountWarnings } from './service-account.ts';

const podNames: Readonly<Record<PodKind, string>> = { jobmanager: 'JobManager', taskmanager: 'TaskManagers' };

/** What of the pod templates does not arrive in the pods, and what Kubernetes probably does not know. */
export const findTemplateWarnings = (templates: PodTemplates | undefined, config: Config): readonly string[] => [
  ...findUnlikelyFields(templates),
  ...podKinds.flatMap((pod) => describePod(pod, selectTemplate(templates, pod), config)),
  ...findAccountWarnings(templates, config),
];

const maxFields = 10;

const findUnlikelyFields = (templates: PodTemplates = {}): readonly string[] =>
  templateNames.flatMap((name) =>
    findPodIssues(templates[name] ?? {})
      .filter(({ severity }) => severity === 'unlikely')
      .slice(0, maxFields)
      .map(({ path, describe }) => `Pod template ${name}: ${path.join('.')} ${describe()}`),
  );

/** What Flink replaces in the template of a pod. @see Flink 2.2 `InitJobManagerDecorator`, `InitTaskManagerDecorator` */
const describePod = (pod: PodKind, template: PodTemplate | undefined, config: Config): readonly string[] => {
  if (template === undefined) return [];
  const { main, others, spec } = splitPodTemplate(template);
  const name = `The pod template of the ${podNames[pod]}`;
  const isMissing = Object.keys(main).length === 0 && others.length > 0;
  return [
    ...(isMissing
      ? [
          `${name} has no container ${mainContainerName}. ${others.map((one) => one.name).join(', ')} runs beside Flink's container.`,
        ]
      : []),
    ...listReplacedFields(pod, main, config).map(
      ([field, option]) => `${name}: ${field} of ${mainContainerName} is replaced. Set ${option}.`,
    ),
    ...listReplacedPodFields(pod, spec, config).map(([field, advice]) => `${name}: ${field} is replaced. ${advice}`),
  ];
};

type Replaced = readonly (readonly [field: string, advice: string])[];

const selectReplaced = (rows: readonly (readonly [isReplaced: boolean, field: string, advice: string])[]): Replaced =>
  rows.flatMap(([isReplaced, field, advice]) => (isReplaced ? [[field, advice] as const] : []));

const listReplacedFields = (pod: PodKind, main: PodTemplateParts['main'], config: Config): Replaced => {
  const sizes = [main.resources?.requests, main.resources?.limits].flatMap((amounts) => Object.keys(amounts ?? {}));
  const image = 'kubernetes.container.image.ref';
  const policy = 'kubernetes.container.image.pull-policy';
  const isReplaced = (value: string | null | undefined, option: string): boolean =>
    (value ?? '') !== '' && Object.hasOwn(config, option) && toText(config[option] ?? '') !== value;
  return [
    ...selectReplaced([
      [isReplaced(main.image, image), `image ${main.image ?? ''}`, image],
      [isReplaced(main.imagePullPolicy, policy), `imagePullPolicy ${main.imagePullPolicy ?? ''}`, policy],
      [main.command !== undefined, 'command', 'kubernetes.entry.path'],
      [main.args !== undefined, 'args', `kubernetes.${pod}.entrypoint.args`],
      [sizes.includes('cpu'), 'the CPU', `kubernetes.${pod}.cpu.amount and .cpu.limit-factor`],
      [sizes.includes('memory'), 'the memory', `${pod}.memory.process.size and kubernetes.${pod}.memory.limit-factor`],
    ]),
    ...listReplacedVariables(pod, main, config),
    ...listReplacedPorts(main, config),
  ];
};

/** Flink appends its variables, and Kubernetes takes the last variable of a name. */
const listReplacedVariables = (pod: PodKind, { env = [] }: PodTemplateParts['main'], config: Config): Replaced => {
  const options = readOption(config, environmentOptions[pod]);
  return env
    .filter(
      ({ name, value, valueFrom }) => Object.hasOwn(options, name) && (valueFrom != null || options[name] !== value),
    )
    .map(({ name }) => [`env ${name}`, `${environmentOptions[pod]}.${name}`]);
};

const portOptions: Readonly<Record<string, 'rest.port' | 'jobmanager.rpc.port' | 'blob.server.port'>> = {
  rest: 'rest.port',
  'jobmanager-rpc': 'jobmanager.rpc.port',
  blobserver: 'blob.server.port',
};

const listReplacedPorts = ({ ports = [] }: PodTemplateParts['main'], config: Config): Replaced =>
  ports.flatMap(({ name = '', containerPort }) => {
    const option = portOptions[name];
    return option === undefined || readOption(config, option) === containerPort
      ? []
      : [[`port ${name} ${containerPort}`, option] as const];
  });

const listReplacedPodFields = (pod: PodKind, spec: PodTemplateParts['spec'], config: Config): Replaced => {
  const hostNetwork = readOption(config, 'kubernetes.hostnetwork.enabled');
  const policy = pod === 'jobmanager' ? 'Always' : 'Never';
  return selectReplaced([
    [
      typeof spec.hostNetwork === 'boolean' && spec.hostNetwork !== hostNetwork,
      `hostNetwork ${String(spec.hostNetwork)}`,
      'Set kubernetes.hostnetwork.enabled.',
    ],
    [(spec.restartPolicy ?? policy) !== policy, `restartPolicy ${spec.restartPolicy ?? ''}`, `Flink needs ${policy}.`],
  ]);
};
