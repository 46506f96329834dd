import { findPodIssues, type PodTemplate } from '#events/kubernetes/pod-template.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { readOption } from '#shared/flink/options.ts';

import {
  mainContainerName,
  type PodTemplateParts,
  type PodTemplates,
  selectJobManagerTemplate,
  selectTaskManagerTemplate,
  splitPodTemplate,
} from './pod-template.ts';
import { findAccountWarnings } from './service-account.ts';

type Pod = 'jobmanager' | 'taskmanager';

const podNames = { jobmanager: 'JobManager', taskmanager: 'TaskManagers' } as const;

/** What of the pod templates does not arrive in the pods, and what Kubernetes probably does not know. */
export const findTemplateWarnings = (templates: PodTemplates | undefined, config: Config): readonly string[] => [
  ...findUnlikelyFields(templates),
  ...describePod('jobmanager', selectJobManagerTemplate(templates), config),
  ...describePod('taskmanager', selectTaskManagerTemplate(templates), config),
  ...findAccountWarnings(templates, config),
];

const maxFields = 10;

const findUnlikelyFields = (templates: PodTemplates = {}): readonly string[] =>
  (['default', 'jobmanager', 'taskmanager'] as const).flatMap((name) =>
    findPodIssues(templates[name] ?? {})
      .filter(({ severity }) => severity === 'unlikely')
      .slice(0, maxFields)
      .map(({ path, describe }) => `Pod template ${name}: ${path.join('.')} ${describe()}`),
  );

/** What Flink replaces in the template of a pod. @see Flink 2.2 `InitJobManagerDecorator`, `InitTaskManagerDecorator` */
const describePod = (pod: Pod, template: PodTemplate | undefined, config: Config): readonly string[] => {
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

type Replaced = readonly (readonly [field: string, option: string])[];

const listReplacedFields = (pod: Pod, main: PodTemplateParts['main'], config: Config): Replaced => {
  const sizes = [main.resources?.requests, main.resources?.limits].flatMap((amounts) => Object.keys(amounts ?? {}));
  const image = 'kubernetes.container.image.ref';
  const policy = 'kubernetes.container.image.pull-policy';
  const isReplaced = (value: string | null | undefined, option: string): boolean =>
    (value ?? '') !== '' && Object.hasOwn(config, option) && toText(config[option] ?? '') !== value;
  const rows: readonly (readonly [replaced: boolean, field: string, option: string])[] = [
    [isReplaced(main.image, image), `image ${main.image ?? ''}`, image],
    [isReplaced(main.imagePullPolicy, policy), `imagePullPolicy ${main.imagePullPolicy ?? ''}`, policy],
    [main.command !== undefined, 'command', 'kubernetes.entry.path'],
    [main.args !== undefined, 'args', `kubernetes.${pod}.entrypoint.args`],
    [sizes.includes('cpu'), 'the CPU', `kubernetes.${pod}.cpu.amount and .cpu.limit-factor`],
    [sizes.includes('memory'), 'the memory', `${pod}.memory.process.size and kubernetes.${pod}.memory.limit-factor`],
    ...listReplacedVariables(pod, main, config),
    ...listReplacedPorts(main, config),
  ];
  return rows.flatMap(([replaced, field, option]) => (replaced ? [[field, option] as const] : []));
};

const environments = { jobmanager: 'containerized.master.env', taskmanager: 'containerized.taskmanager.env' } as const;

/** Flink appends its variables, and Kubernetes takes the last variable of a name. */
const listReplacedVariables = (pod: Pod, { env = [] }: PodTemplateParts['main'], config: Config) => {
  const options = readOption(config, environments[pod]);
  return env
    .filter(
      ({ name, value, valueFrom }) => Object.hasOwn(options, name) && (valueFrom != null || options[name] !== value),
    )
    .map(({ name }) => [true, `env ${name}`, `${environments[pod]}.${name}`] as const);
};

const portOptions: Readonly<Record<string, 'rest.port' | 'jobmanager.rpc.port' | 'blob.server.port'>> = {
  rest: 'rest.port',
  'jobmanager-rpc': 'jobmanager.rpc.port',
  blobserver: 'blob.server.port',
};

const listReplacedPorts = ({ ports = [] }: PodTemplateParts['main'], config: Config) =>
  ports.flatMap(({ name = '', containerPort }) => {
    const option = portOptions[name];
    return option === undefined || readOption(config, option) === containerPort
      ? []
      : [[true, `port ${name} ${containerPort}`, option] as const];
  });

const listReplacedPodFields = (pod: Pod, spec: PodTemplateParts['spec'], config: Config): Replaced => {
  const hostNetwork = readOption(config, 'kubernetes.hostnetwork.enabled');
  const policy = pod === 'jobmanager' ? 'Always' : 'Never';
  const rows: readonly (readonly [replaced: boolean, field: string, advice: string])[] = [
    [
      typeof spec.hostNetwork === 'boolean' && spec.hostNetwork !== hostNetwork,
      `hostNetwork ${String(spec.hostNetwork)}`,
      'Set kubernetes.hostnetwork.enabled.',
    ],
    [(spec.restartPolicy ?? policy) !== policy, `restartPolicy ${spec.restartPolicy ?? ''}`, `Flink needs ${policy}.`],
  ];
  return rows.flatMap(([replaced, field, advice]) => (replaced ? [[field, advice] as const] : []));
};
