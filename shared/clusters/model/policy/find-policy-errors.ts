import type { SubmitData } from '#events/commands/index.ts';
import type { ApplicationJob } from '#events/programs/application-job.ts';
import type { FieldError } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { argumentOptions, parseDynamicProperties, withDynamicProperties } from '#shared/flink/dynamic-properties.ts';
import type { PodTemplates } from '#shared/flink/manifests/pod-template/pod-template.ts';
import { type ClusterManifests, toConfig } from '#shared/flink/manifests/render-cluster.ts';
import { toFieldError, toOptionPointer } from '#shared/flink/options.ts';
import { nameSettings } from '#shared/flink/program/sql-settings.ts';

import { findUnboundedSettings } from './bounds.ts';
import { findDownloadViolations, findJarViolations, type JarViolation, listSources, listWebAddresses } from './jars.ts';
import { explain } from './explain.ts';
import { findOptionViolations, findScriptUriViolations } from './option-rules.ts';
import { findPodErrors, type PodError } from './pods/pod-errors.ts';
import { findSecretFiles, findSecretSettings } from './plain-secrets.ts';
import { findServiceViolations } from './services.ts';
import { listFieldSettings, listOptionSettings, listScriptSettings, type Setting } from './settings/settings.ts';
import { listTemplateSettings } from './settings/template-settings.ts';

/** What a command wants of a target. */
export interface PolicyInput {
  readonly clusterId: string;
  /** The command itself: the options, and the fields of a deploy. */
  readonly given: {
    readonly config: Readonly<Record<string, string>>;
    readonly podTemplates?: PodTemplates | undefined;
    readonly job?: ApplicationJob | undefined;
  } & Readonly<Record<string, unknown>>;
  /** What the command becomes. */
  readonly manifests: ClusterManifests;
}

/**
 * Everything that the policy of a target does not allow in a deploy. It reads the rendered objects and the configuration
 * that Flink will read, so that it does not matter how a command says something.
 */
export const findDeployErrors = (input: PolicyInput, target: NamedTarget): readonly FieldError[] => {
  const { given, manifests } = input;
  const sql = findScript(given.job);
  const options = [...listOptionSettings(given.config), ...listScriptSettings(sql, '/job/sql')];
  const settings = [...options, ...listFieldSettings(given), ...listTemplateSettings(given.podTemplates)];
  const ofOptions = [
    ...findOptionViolations(settings, target),
    ...findUnboundedSettings(options, target),
    ...findSecretSettings(options, target),
    ...findSecretFiles(given, target),
    ...findScriptUriViolations(sql, '/job/sql', target),
    ...findArgumentErrors(manifests, target),
    ...findDownloadErrors(settings, { config: toEffectiveConfig(manifests), sql }, target),
  ];
  const rendered = findRenderedErrors(input, target).map(({ pointer, detail }) => ({ pointer, detail }));
  // What a command may not set at all needs no second reason.
  const known = new Set(ofOptions.map(({ pointer }) => pointer));
  return deduplicate([...ofOptions, ...nameSettings(rendered, given.job).filter(({ pointer }) => !known.has(pointer))]);
};

/** The places from which the pods of a deploy would load programs, libraries and scripts. */
export const listProgramUris = ({ given, manifests }: Omit<PolicyInput, 'clusterId'>): readonly string[] =>
  listSources(toEffectiveConfig(manifests), findScript(given.job)).map(({ uri }) => uri);

/** The addresses at `https://` from which the JobManager of an application downloads its jars and its script. */
export const listDownloads = ({ given, manifests }: Omit<PolicyInput, 'clusterId'>): readonly string[] =>
  given.job === undefined ? [] : listWebAddresses(toEffectiveConfig(manifests), findScript(given.job));

/** What the rendered objects and the effective configuration have that the policy does not allow. */
export const findRenderedErrors = (
  { clusterId, given, manifests }: PolicyInput,
  target: NamedTarget,
): readonly PodError[] => {
  const services = manifests.dependents.flatMap((object) =>
    object.kind === 'Service' && 'spec' in object
      ? findServiceViolations(object, { clusterId, policy: target.policy })
      : [],
  );
  const others = [
    ...services.map(({ rule, options, detail }) =>
      toFieldError(
        options.find((key) => Object.hasOwn(manifests.config, key)) ?? options[0] ?? '',
        explain(target, rule, detail),
      ),
    ),
    ...findJarErrors(
      { config: toEffectiveConfig(manifests), sql: findScript(given.job) },
      { target, given, root: '/job' },
    ),
  ];
  return [
    ...findPodErrors({ clusterId, manifests, templates: given.podTemplates }, target),
    ...others.map((error) => ({ ...error, isMissing: false })),
  ];
};

const findScript = (job: ApplicationJob | undefined) => (job !== undefined && 'sql' in job ? job.sql : undefined);

/** What the JobManager reads: `config.yaml`, and the arguments of its start command. */
const toEffectiveConfig = (manifests: ClusterManifests): Config =>
  withDynamicProperties(toConfig(manifests), manifests.flinkVersion);

/** The arguments of a process that a shell may change, so that Drey cannot know what they set. */
const findArgumentErrors = ({ config }: ClusterManifests, target: NamedTarget): readonly FieldError[] =>
  Object.values(argumentOptions).flatMap((option) => {
    const given = config[option];
    return given?.from === 'command' && parseDynamicProperties(toText(given.value)).isUnreadable
      ? [
          toFieldError(
            option,
            explain(
              target,
              'arguments',
              `${option} has characters that a shell replaces, so that Drey cannot read the options in it. Put the text into single quotes.`,
            ),
          ),
        ]
      : [];
  });

interface JarInput {
  readonly config: Config;
  readonly sql: Parameters<typeof findJarViolations>[1]['sql'];
}

const findDownloadErrors = (settings: readonly Setting[], { config, sql }: JarInput, target: NamedTarget) =>
  findDownloadViolations(settings, config, { jars: target.policy.jars, sql }).map(({ setting, detail }) =>
    setting.toError(explain(target, 'jars', detail)),
  );

interface JarPlace {
  readonly config: Config;
  readonly given: Readonly<Record<string, unknown>>;
  readonly root: string;
}

const findJarErrors = (
  { config, sql }: JarInput,
  { target, given, root }: Omit<JarPlace, 'config'> & { readonly target: NamedTarget },
): readonly FieldError[] =>
  findJarViolations(config, { jars: target.policy.jars, sql }).map((violation) => ({
    pointer: findJarPointer(violation, { config, given, root }),
    detail: explain(target, 'jars', describeJar(violation)),
  }));

const describeJar = ({ from, detail }: JarViolation): string =>
  'script' in from && from.line !== undefined ? `line ${from.line} of the script: ${detail}` : detail;

/** The arguments or the field of the program that have set the option, or else the option. */
const findJarPointer = ({ from }: JarViolation, { config, given, root }: JarPlace): string => {
  if ('script' in from) return `${root}/sql/${from.script}`;
  const { config: properties } = parseDynamicProperties(toText(config[argumentOptions.jobmanager] ?? ''));
  if (Object.hasOwn(properties, from.option)) return toOptionPointer(argumentOptions.jobmanager);
  const setting = listFieldSettings(given, root).find(({ options }) => options.includes(from.option));
  return setting?.toError('').pointer ?? toOptionPointer(from.option);
};

/** The program of a submit, or of a job plan. */
type SubmittedProgram = Pick<SubmitData, 'config' | 'jar' | 'sql' | 'entryClass' | 'args' | 'parallelism'>;

/** Everything that the policy of a target does not allow in a submit. */
export const findSubmitErrors = (data: SubmittedProgram, target: NamedTarget): readonly FieldError[] => {
  const { sql, config, jar, ...job } = data;
  // An upload is always allowed, so that only the other sources are of interest.
  const given = { job: { ...job, ...(jar === undefined ? {} : { jar }), ...(sql === undefined ? {} : { sql }) } };
  const settings = [...listOptionSettings(config), ...listScriptSettings(sql, '/sql'), ...listFieldSettings(given, '')];
  return deduplicate([
    ...findOptionViolations(settings, target),
    ...findUnboundedSettings(settings, target),
    ...findSecretSettings(settings, target),
    ...findScriptUriViolations(sql, '/sql', target),
    ...findDownloadErrors(settings, { config, sql }, target),
    ...findJarErrors({ config, sql }, { target, given: {}, root: '' }),
  ]);
};

/** One template may be that of both kinds of pods. */
const deduplicate = (errors: readonly FieldError[]): readonly FieldError[] => [
  ...new Map(errors.map((error) => [`${error.pointer} ${error.detail}`, error])).values(),
];
