import { type Config, toText } from '#shared/flink/config.ts';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { getServiceAccount, type PodKind, podKinds, type PodTemplates, selectTemplate } from './pod-template.ts';

const commonOption = 'kubernetes.service-account';
/** The option of one kind of pods takes precedence over the common one. */
const podOptions = {
  jobmanager: 'kubernetes.jobmanager.service-account',
  taskmanager: 'kubernetes.taskmanager.service-account',
} as const satisfies Readonly<Record<PodKind, string>>;
const accountOptions: readonly string[] = [commonOption, ...Object.values(podOptions)];

/** The service accounts that the templates of the pods name. */
const findTemplateAccounts = (templates: PodTemplates | undefined): Readonly<Record<PodKind, string | undefined>> => ({
  jobmanager: getServiceAccount(selectTemplate(templates, 'jobmanager')),
  taskmanager: getServiceAccount(selectTemplate(templates, 'taskmanager')),
});

/**
 * The input with the service account of the caller in place of that of the target's defaults. Flink itself prefers an
 * option to a template, and cannot know that the option is only a default.
 */
export const preferCallersAccount = (input: ClusterInput): ClusterInput => {
  const { defaults = {} } = input;
  if (!accountOptions.some((key) => Object.hasOwn(defaults, key))) return input;
  const requested = { ...input.folder, ...input.config };
  const isRequested = accountOptions.some((key) => Object.hasOwn(requested, key));
  if (isRequested)
    return Object.hasOwn(requested, commonOption) ? { ...input, defaults: withoutAccounts(defaults) } : input;
  const { jobmanager, taskmanager } = findTemplateAccounts(input.podTemplates);
  const account = jobmanager ?? taskmanager;
  if (account === undefined) return input;
  const accounts = {
    [commonOption]: account,
    ...(taskmanager === undefined || taskmanager === account ? {} : { [podOptions.taskmanager]: taskmanager }),
  };
  return { ...input, defaults: withoutAccounts(defaults), config: { ...input.config, ...accounts } };
};

const withoutAccounts = (config: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !accountOptions.includes(key)));

/** The service accounts that a template names in vain, and those of the two kinds of pods when they differ. */
export const findAccountWarnings = (templates: PodTemplates | undefined, config: Config): readonly string[] => {
  const named = findTemplateAccounts(templates);
  const options = (pod: PodKind) => [podOptions[pod], commonOption].filter((key) => Object.hasOwn(config, key));
  const resolve = (pod: PodKind): string => {
    const [option] = options(pod);
    return option === undefined ? (named[pod] ?? 'default') : toText(config[option] ?? '');
  };
  const [jobManager, taskManager] = [resolve('jobmanager'), resolve('taskmanager')];
  const replaced = podKinds
    .filter((pod) => named[pod] !== undefined && named[pod] !== resolve(pod))
    .map((pod) => ({ account: named[pod] ?? '', by: resolve(pod), option: options(pod)[0] ?? '' }));
  const isDeliberate = Object.values(podOptions).some((key) => Object.hasOwn(config, key));
  return [
    ...new Set(
      replaced.map(
        ({ account, by, option }) =>
          `Service account ${account} of the pod template is replaced by ${by} of ${option}.`,
      ),
    ),
    ...(jobManager === taskManager || isDeliberate
      ? []
      : [
          `The JobManager has service account ${jobManager}, and the TaskManagers have ${taskManager}. Set ${commonOption} for both.`,
        ]),
  ];
};
