import type { ApplicationJob } from '#events/programs/application-job.ts';
import type { SqlProgram } from '#events/programs/sql.ts';
import { isHighlyAvailable, type Layer } from '#shared/flink/cluster-config.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { findConflicts } from '#shared/flink/option-names/canonical.ts';
import { findUnreadNames } from '#shared/flink/option-names/maps.ts';
import { stateDirectoryKeys } from '#shared/flink/option-names/directories.ts';
import { restorePathOption } from '#shared/flink/option-names/restore.ts';
import { maskBeginning, mayBeSecret } from '#events/secrets.ts';
import { findUnknownOptions } from '#shared/flink/option-names/unknown.ts';
import { type Option, options } from '#shared/flink/option-table.ts';
import { readClusterSettings } from '#shared/flink/program/sql-settings.ts';
import { findSqlWarnings, type SqlRuntime } from '#shared/flink/program/sql.ts';
import { findRetypedValues } from '#shared/flink/syntax.ts';
import type { FlinkVersion } from '#events/flink-version.ts';
import { getDefaultImage } from '#shared/flink/version.ts';

import type { ClusterInput } from './cluster-input.ts';
import { findHostNetworkWarnings } from '#shared/flink/manifests/pod-template/host-network.ts';
import { findTemplateWarnings } from '#shared/flink/manifests/pod-template/template-warnings.ts';

interface Resolved {
  /** The resolved configuration, without field errors. */
  readonly config: Config;
  /** What it was resolved from. */
  readonly layers: readonly Layer[];
  readonly flinkVersion: FlinkVersion;
}

/** Settings that are valid and probably not intended. */
export const findWarnings = (input: ClusterInput, { config, layers, flinkVersion }: Resolved): readonly string[] => [
  ...findConflictWarnings(input, flinkVersion),
  ...findUnknownOptions(withoutSettings(config, input.job), flinkVersion),
  ...findStorageWarnings(config),
  ...findRestoreWarnings(input, layers),
  ...findJobWarnings({ args: findArgs(input.job), config }),
  ...(input.job === undefined
    ? []
    : findScriptWarnings(
        { ...input.job, config: input.config },
        { mode: input.mode, flinkVersion, isHighlyAvailable: isHighlyAvailable(config) },
      )),
  ...findImageWarnings(input, config, flinkVersion),
  ...findLogWarnings(input),
  ...findTemplateWarnings(input.podTemplates, config),
  ...findHostNetworkWarnings(input.podTemplates, config),
];

/** The options without those of a script, whose warnings name the line. */
const withoutSettings = (config: Config, job: ApplicationJob | undefined): Config => {
  const settings = readClusterSettings(job);
  return Object.fromEntries(Object.entries(config).filter(([key]) => !Object.hasOwn(settings, key)));
};

/** The operation and the events of a command contain its warnings, and both have a maximum size. */
const maxWarnings = 20;
const maxWarningLength = 500;

/** The last warning tells how many others there are, so that a caller does not take the list for complete. */
export const limitWarnings = (warnings: readonly string[]): readonly string[] => {
  const kept = warnings.length > maxWarnings ? warnings.slice(0, maxWarnings - 1) : warnings;
  const others = warnings.length - kept.length;
  return [
    ...kept.map((text) => maskBeginning(text, maxWarningLength)),
    ...(others === 0 ? [] : [`There are ${others} more warnings. Correct these to see the others.`]),
  ];
};

const findArgs = (job: ApplicationJob | undefined): readonly string[] =>
  job === undefined || 'sql' in job ? [] : job.args;

interface ScriptJob {
  readonly sql?: SqlProgram | undefined;
  readonly parallelism?: number | undefined;
  /** The options of the caller. */
  readonly config: Readonly<Record<string, string>>;
}

/** What is valid and probably not intended in the SQL script of a job. A job without one has no such warnings. */
export const findScriptWarnings = ({ sql, parallelism, config }: ScriptJob, runtime: SqlRuntime): readonly string[] =>
  sql === undefined
    ? []
    : [
        ...findPlaceholders('The script', sql.script ?? ''),
        ...findSqlWarnings(sql, {
          ...runtime,
          config: {
            ...config,
            ...(parallelism === undefined ? {} : { 'parallelism.default': String(parallelism) }),
          },
        }),
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

/** A job of a session runs on it, wherever its options point. */
export const findTargetWarnings = ({ 'execution.target': given = 'kubernetes-session' }: Config): readonly string[] =>
  toText(given).trim().toLowerCase() === 'kubernetes-session'
    ? []
    : [
        'execution.target of the job is not applied, because the job runs on a session. Remove it, or deploy an application.',
      ];

const findStorageWarnings = (config: Config): readonly string[] =>
  isHighlyAvailable(config) && !Object.hasOwn(config, 'high-availability.storageDir')
    ? ['high-availability.storageDir is not set. The JobManager does not start without it.']
    : [];

const layerNames = { folder: 'the configuration folder', target: 'the target', drey: 'Drey', command: 'the command' };

const findConflictWarnings = (
  { folder = {}, defaults = {}, config }: ClusterInput,
  version: FlinkVersion,
): readonly string[] =>
  (
    [
      ['folder', folder],
      ['target', defaults],
      ['command', config],
    ] as const
  ).flatMap(([from, layer]) => findNameConflicts(layer, version, ` of ${layerNames[from]}`));

/** Options of one source that Flink does not read, because the source sets them in another form, too. */
export const findNameConflicts = (config: Config, version: FlinkVersion, source = ''): readonly string[] => [
  ...findConflicts(config, version).map(
    ([first = '', ...others]) =>
      `${others.join(' and ')}${source} ${others.length === 1 ? 'is' : 'are'} not applied, because ${first} is set to another value. They are names of one option.`,
  ),
  ...findUnreadNames(config, version).map(
    ({ key, map }) =>
      `${key}${source} is not applied, because ${map} is set, too. Write all names in one of the forms.`,
  ),
];

/** A restore path that would apply to other programs than the one that it was meant for. */
const findRestoreWarnings = ({ mode }: ClusterInput, layers: readonly Layer[]): readonly string[] =>
  layers.flatMap(([from, config]) => {
    if (!Object.hasOwn(config, restorePathOption) || toText(config[restorePathOption] ?? '').trim() === '') return [];
    if (mode === 'session')
      return [
        `${restorePathOption} of ${layerNames[from]} is not applied, because a session would restore every later job from it. Set it when you submit the job: -s PATH.`,
      ];
    if (from === 'target')
      return [
        `${restorePathOption} of the target is not applied, because every later application would start from it. Set it in the command: -s PATH.`,
      ];
    return [];
  });

const findValueWarnings = (config: Config): readonly string[] =>
  Object.entries(config).flatMap(([key, value]) => {
    const text = toText(value);
    return [
      ...findExpansions(key, text),
      ...findPlaceholders(key, text),
      ...(collections.has(key) ? findNumbers(key, text) : []),
      ...(stateDirectoryKeys.has(key) ? findRelativePath(key, text) : []),
    ];
  });

/** @see Kubernetes, "Define Dependent Environment Variables" */
const findExpansions = (key: string, text: string): readonly string[] => {
  if (!/^containerized\.(master|taskmanager)\.env(\.|$)|^kubernetes\.(job|task)manager\.entrypoint\.args$/.test(key))
    return [];
  return /\$\$|\$\([^)]*\)/.test(text)
    ? [
        `${key} contains $$ or $(…). Kubernetes replaces $$ with $, and $(NAME) with a variable. Use kubernetes.env.secretKeyRef for a value that must not change.`,
      ]
    : [];
};

/**
 * The start scripts of Flink replace variables in the options of the JVM only. The arguments of a program are checked one
 * by one, not as the option that contains them.
 */
const findPlaceholders = (key: string, text: string): readonly string[] => {
  const isReplaced = /^(env\.java|\$internal)\./.test(key);
  return !isReplaced && /\$\{[^{}$]*\}/.test(text)
    ? [`${key} contains a placeholder, \${…}. Neither Drey nor Flink replaces it.`]
    : [];
};

const rows: Readonly<Record<string, Option>> = options;
const collections: ReadonlySet<string> = new Set([
  ...Object.entries(rows).flatMap(([key, { type }]) =>
    ['list', 'map', 'tolerations', 'ownerReferences', 'secretVariables'].includes(String(type)) ? [key] : [],
  ),
  'pipeline.global-job-parameters',
  'pipeline.jobvertex-parallelism-overrides',
  'user.artifacts.http-headers',
]);

const findNumbers = (key: string, text: string): readonly string[] => {
  const found = findRetypedValues(text);
  if (found.length > 0 && mayBeSecret(key))
    return [
      `${key}: YAML reads a number or a boolean in it as another text, such as 1.20 as 1.2. To keep the text, put it in single quotes.`,
    ];
  return found.map(
    ({ written, read }) => `${key}: YAML reads ${written} as ${read}. To keep the text, write '${written}'.`,
  );
};

const findRelativePath = (key: string, text: string): readonly string[] =>
  /^[a-z][\w+.-]*:/i.test(text) || text.trim() === ''
    ? []
    : [
        `${key} has no scheme, so that it is a folder of the container. Unless a volume is mounted there, its files are lost with the container.`,
      ];

/** The images that the Flink community publishes have no Python. */
const findImageWarnings = ({ job }: ClusterInput, config: Config, version: FlinkVersion): readonly string[] => {
  const image = toText(config['kubernetes.container.image.ref'] ?? getDefaultImage(version));
  return job !== undefined &&
    'python' in job &&
    /^(docker\.io\/)?((library|apache)\/)?flink(?!.*py)([:@]|$)/.test(image)
    ? [`Image ${image} has no Python. Set kubernetes.container.image.ref to an image with Python and apache-flink.`]
    : [];
};

const findLogWarnings = ({ files }: ClusterInput): readonly string[] =>
  files === undefined ? [] : [...findConsoleWarnings(files), ...findOldLogSettings(files)];

type Files = NonNullable<ClusterInput['files']>;

/** The start scripts of the image read only these files. Without them, log4j 2 prints errors only. */
const findConsoleWarnings = (files: Files): readonly string[] =>
  files['log4j-console.properties'] === undefined && files['logback-console.xml'] === undefined
    ? [
        'The configuration folder (files of a request) has no log4j-console.properties and no logback-console.xml. The logs are empty, except for errors. Add the log4j-console.properties of the Flink distribution.',
      ]
    : [];

/** Settings of log4j 1, which log4j 2 ignores. */
const findOldLogSettings = (files: Files): readonly string[] =>
  Object.entries(files)
    .filter(
      ([name, text]) =>
        name.startsWith('log4j') && /^[ \t]*log4j\.(rootLogger|rootCategory|appender)\b/m.test(text ?? ''),
    )
    .map(
      ([name]) =>
        `${name} has settings of log4j 1, which Flink ignores. Its logs are empty, except for errors. Write settings of log4j 2, such as rootLogger.level.`,
    );
