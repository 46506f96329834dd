import type { PodTemplate } from '#events/commands/deploy.ts';
import { isHighlyAvailable, type Layer, restorePathOption } from '#shared/flink/cluster-config.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { findUnknownOptions } from '#shared/flink/options.ts';
import { findRetypedValues } from '#shared/flink/syntax.ts';
import type { FlinkVersion } from '#events/flink-version.ts';

import type { ClusterInput } from './cluster-input.ts';
import {
  mainContainerName,
  selectJobManagerTemplate,
  selectTaskManagerTemplate,
  splitPodTemplate,
} from './pod-template.ts';

interface Resolved {
  /** The resolved configuration, without field errors. */
  readonly config: Config;
  /** What it was resolved from. */
  readonly layers: readonly Layer[];
  readonly flinkVersion: FlinkVersion;
}

/** Settings that are valid and probably not intended. */
export const findWarnings = (input: ClusterInput, { config, layers, flinkVersion }: Resolved): readonly string[] => [
  ...findUnknownOptions(config, flinkVersion),
  ...findStorageWarnings(config),
  ...(input.mode === 'session' ? findRestoreWarnings(layers) : []),
  ...findJobWarnings({ args: input.job?.args ?? [], config }),
  ...findLogWarnings(input),
  ...findTemplateWarnings(input, config),
];

/** The settings of a program that are valid and probably not intended. */
export const findJobWarnings = ({
  args,
  config,
}: {
  readonly args: readonly string[];
  readonly config: Config;
}): readonly string[] => [
  ...args.flatMap((text, index) => findPlaceholders(`Argument ${index + 1} of the program`, text)),
  ...findValueWarnings(config),
];

const findStorageWarnings = (config: Config): readonly string[] =>
  isHighlyAvailable(config) && !Object.hasOwn(config, 'high-availability.storageDir')
    ? ['high-availability.storageDir is not set. The JobManager does not start without it.']
    : [];

const layerNames = { folder: 'the configuration folder', target: 'the target', drey: 'Drey', command: 'the command' };

const findRestoreWarnings = (layers: readonly Layer[]): readonly string[] =>
  layers
    .filter(([, config]) => Object.hasOwn(config, restorePathOption))
    .map(
      ([from]) =>
        `${restorePathOption} of ${layerNames[from]} is not applied, because a session would restore every later job from it. Set it when you submit the job: -s PATH.`,
    );

const stateDirectories: ReadonlySet<string> = new Set([
  'execution.checkpointing.dir',
  'execution.checkpointing.savepoint-dir',
  'state.checkpoints.dir',
  'state.savepoints.dir',
]);

const findValueWarnings = (config: Config): readonly string[] =>
  Object.entries(config).flatMap(([key, value]) => {
    const text = toText(value);
    return [
      ...findExpansions(key, text),
      ...findPlaceholders(key, text),
      ...(/^kubernetes\..*\.(labels|annotations|node-selector)$/.test(key) ? findNumbers(key, text) : []),
      ...(stateDirectories.has(key) ? findRelativePath(key, text) : []),
    ];
  });

/** @see Kubernetes, "Define Dependent Environment Variables" */
const findExpansions = (key: string, text: string): readonly string[] => {
  if (!/^containerized\.(master|taskmanager)\.env(\.|$)/.test(key) && key !== 'kubernetes.jobmanager.entrypoint.args')
    return [];
  const found = [...(text.includes('$$') ? ['$$'] : []), ...(text.match(/(?<!\$)\$\([^()$]*\)/g) ?? [])];
  return found.length === 0
    ? []
    : [
        `${key} contains ${found.join(' and ')}. Kubernetes replaces $$ with $, and $(NAME) with a variable. Use kubernetes.env.secretKeyRef for a value that must not change.`,
      ];
};

/**
 * The start scripts of Flink replace variables in the options of the JVM only. The arguments of a program are checked one
 * by one, not as the option that contains them.
 */
const findPlaceholders = (key: string, text: string): readonly string[] => {
  const found = /^(env\.java|\$internal)\./.test(key) ? undefined : /\$\{[^{}$]*\}/.exec(text)?.[0];
  return found === undefined ? [] : [`${key} contains ${found}. Neither Drey nor Flink replaces it.`];
};

const findNumbers = (key: string, text: string): readonly string[] =>
  findRetypedValues(text).map(
    ({ written, read }) => `${key}: YAML reads ${written} as the number ${read}. To keep the text, write '${written}'.`,
  );

const findRelativePath = (key: string, text: string): readonly string[] =>
  /^[a-z][\w+.-]*:/i.test(text) || text.trim() === ''
    ? []
    : [
        `${key} has no scheme, so that ${text} is a folder of the container. Unless a volume is mounted there, its files are lost with the container.`,
      ];

/** Settings of log4j 1, which log4j 2 ignores. */
const findLogWarnings = ({ files = {} }: ClusterInput): readonly string[] =>
  Object.entries(files)
    .filter(
      ([name, text]) =>
        name.startsWith('log4j') && /^[ \t]*log4j\.(rootLogger|rootCategory|appender)\b/m.test(text ?? ''),
    )
    .map(
      ([name]) =>
        `${name} has settings of log4j 1, which Flink ignores. Its logs are empty, except for errors. Write settings of log4j 2, such as rootLogger.level.`,
    );

const findTemplateWarnings = ({ podTemplates }: ClusterInput, config: Config): readonly string[] => {
  const pods = {
    jobmanager: selectJobManagerTemplate(podTemplates),
    taskmanager: selectTaskManagerTemplate(podTemplates),
  };
  return [
    ...new Set(
      (['jobmanager', 'taskmanager'] as const).flatMap((pod) => {
        const template = pods[pod];
        return template === undefined ? [] : describeReplacements(template, pod, config);
      }),
    ),
  ];
};

const accountOptions = {
  jobmanager: ['kubernetes.jobmanager.service-account', 'kubernetes.service-account'],
  taskmanager: ['kubernetes.taskmanager.service-account', 'kubernetes.service-account'],
} as const;

/** What Flink replaces in the template of a pod. @see Flink 2.2 `InitJobManagerDecorator`, `InitTaskManagerDecorator` */
const describeReplacements = (
  template: PodTemplate,
  pod: 'jobmanager' | 'taskmanager',
  config: Config,
): readonly string[] => {
  const { main, others, spec } = splitPodTemplate(template);
  const name = `The pod template of the ${pod === 'jobmanager' ? 'JobManager' : 'TaskManagers'}`;
  const warn = (field: string, option: string) =>
    `${name}: ${field} of ${mainContainerName} is replaced. Set ${option}.`;
  const sizes = [main.resources?.requests, main.resources?.limits].flatMap((amounts) => Object.keys(amounts ?? {}));
  const image = 'kubernetes.container.image.ref';
  const account = accountOptions[pod].find((key) => Object.hasOwn(config, key));
  const templateAccount = spec.serviceAccountName ?? spec.serviceAccount;
  return [
    ...(Object.keys(main).length === 0 && others.length > 0
      ? [
          `${name} has no container ${mainContainerName}. ${others.map((one) => one.name).join(', ')} runs beside Flink's container.`,
        ]
      : []),
    ...(main.image !== undefined && Object.hasOwn(config, image) && config[image] !== main.image
      ? [warn(`image ${main.image}`, image)]
      : []),
    ...(main.command === undefined ? [] : [warn('command', 'kubernetes.entry.path')]),
    ...(main.args === undefined ? [] : [warn('args', `kubernetes.${pod}.entrypoint.args`)]),
    ...(sizes.includes('cpu') ? [warn('the CPU', `kubernetes.${pod}.cpu.amount and .cpu.limit-factor`)] : []),
    ...(sizes.includes('memory')
      ? [warn('the memory', `${pod}.memory.process.size and kubernetes.${pod}.memory.limit-factor`)]
      : []),
    ...(account !== undefined && templateAccount !== undefined && toText(config[account] ?? '') !== templateAccount
      ? [`${name}: service account ${templateAccount} is replaced by ${toText(config[account] ?? '')} of ${account}.`]
      : []),
  ];
};
