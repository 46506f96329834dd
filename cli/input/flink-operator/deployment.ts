import type { FlinkVersion } from '#events/flink-version.ts';

import { type ConvertedBody, omitMissing, toSources } from './body.ts';
import { isTrue, omitOptions, readConfiguration, type SourcedConfig, toConfig } from './configuration.ts';
import { noteFields, noteUnknownFields, readSection, readText, type Section } from './findings.ts';
import { readFlinkVersion } from './flink-version.ts';
import { addJobDefaults, type ConvertedJob, convertJob } from './job.ts';
import { readLabels } from './metadata.ts';
import { toPodTemplates } from './pod-templates.ts';
import { convertProcess } from './process.ts';

/** A deploy, and how `drey apply` keeps the state of a cluster that runs. */
export interface ConvertedDeployment extends ConvertedBody {
  /** The members of `rollout`. */
  readonly rollout: ConvertedJob['rollout'];
  readonly isSuspended: boolean;
}

/**
 * The body of a deploy for a `FlinkDeployment`.
 *
 * @see Flink Kubernetes Operator 1.16 `FlinkConfigBuilder`
 */
export const convertDeployment = (metadata: Section, spec: Section): ConvertedDeployment => {
  reportFields(spec);
  const name = readText(metadata, 'name') ?? '';
  const [configuration, flinkVersion] = [readConfiguration(spec), readFlinkVersion(spec)];
  refuseRestTls(configuration.flink, flinkVersion, spec);
  const pods = { common: readSection(spec, 'podTemplate'), configuration };
  const jobManager = convertProcess(spec, 'jobManager', pods);
  const taskManager = convertProcess(spec, 'taskManager', pods);
  const job = convertJob(spec);
  const image = readText(spec, 'image');
  const config = toDeployConfig(
    configuration.flink,
    { ...readTextOptions(spec), ...jobManager.options, ...taskManager.options },
    { image, job, name },
  );
  return {
    body: omitMissing({
      mode: job === undefined ? 'session' : 'application',
      clusterId: name,
      image,
      flinkVersion,
      labels: readLabels(metadata),
      config: Object.keys(config).length === 0 ? undefined : toConfig(config),
      podTemplates: toPodTemplates(jobManager.template, taskManager.template),
      files: readSection(spec, 'logConfiguration')?.fields,
      job: toProgram(spec, job, { replicas: taskManager.replicas, config: configuration.flink }),
    }),
    rollout: job?.rollout ?? {},
    isSuspended: job?.isSuspended ?? false,
    sources: {
      ...toSources(config),
      '': ['spec'],
      '/clusterId': ['metadata', 'name'],
      '/labels': ['metadata', 'labels'],
      '/image': ['spec', 'image'],
      '/files': ['spec', 'logConfiguration'],
      '/job': ['spec', 'job'],
      '/job/jar': ['spec', 'job', 'jarURI'],
      '/job/restore/path': ['spec', 'job', 'initialSavepointPath'],
      '/job/restore/allowNonRestoredState': ['spec', 'job', 'allowNonRestoredState'],
      '/podTemplates/default': ['spec', 'podTemplate'],
      '/podTemplates/jobmanager': jobManager.templatePath,
      '/podTemplates/taskmanager': taskManager.templatePath,
    },
  };
};

interface Deployed {
  readonly image: string | undefined;
  readonly job: ConvertedJob | undefined;
  readonly name: string;
}

/** Fields of the spec replace options of `flinkConfiguration`, also where a deploy has members for them. */
const toDeployConfig = (given: SourcedConfig, fields: SourcedConfig, { image, job, name }: Deployed): SourcedConfig => {
  const config = {
    ...omitOptions(given, [
      ...Object.keys(fields),
      ...(image === undefined ? [] : ['kubernetes.container.image.ref']),
      ...(job === undefined ? [] : ['parallelism.default']),
      ...(job?.jarURI === undefined ? [] : ['pipeline.jars']),
    ]),
    ...fields,
  };
  return job === undefined ? config : addJobDefaults(config, job, { name });
};

const known =
  'image imagePullPolicy serviceAccount flinkVersion flinkConfiguration ingress podTemplate jobManager taskManager logConfiguration mode job restartNonce'.split(
    ' ',
  );

/** Reports the fields that a deploy has no place for. */
const reportFields = (spec: Section): void => {
  const { fields, path, findings } = spec;
  noteUnknownFields(spec, known);
  noteFields(spec, {
    restartNonce: 'Another value restarts nothing. Run `drey rollout restart ID`, or apply with --restart.',
  });
  const mode = readText(spec, 'mode') ?? 'native';
  if (mode !== 'native')
    findings.refuse(
      [...path, 'mode'],
      mode === 'standalone'
        ? 'Drey deploys the native mode only, in which Flink starts its TaskManagers. Remove the field, and set job.parallelism instead of taskManager.replicas.'
        : 'must be native',
    );
  if ((fields['ingress'] ?? undefined) !== undefined)
    findings.refuse(
      [...path, 'ingress'],
      'Drey creates no Ingress. Remove the field, and create an Ingress to the Service NAME-rest with kubectl.',
    );
};

const restTls = 'security.ssl.rest.enabled';
/** Flink 1.20 reads it where the options of REST and of internal connections are not set. */
const allTls = 'security.ssl.enabled';

const refuseRestTls = (config: SourcedConfig, version: FlinkVersion | undefined, { findings }: Section): void => {
  const sourced = config[restTls] ?? (version === '1.20' ? config[allTls] : undefined);
  if (sourced !== undefined && isTrue(sourced.value))
    findings.refuse(
      sourced.path,
      'Drey reads the REST API of Flink without TLS, through the API server. Set security.ssl.internal.enabled only.',
    );
};

/** The fields that are options of Flink as they are. */
const textOptions = {
  imagePullPolicy: 'kubernetes.container.image.pull-policy',
  serviceAccount: 'kubernetes.service-account',
} as const;

const readTextOptions = (spec: Section): SourcedConfig =>
  Object.fromEntries(
    Object.entries(textOptions).flatMap(([name, key]) => {
      const value = readText(spec, name);
      return value === undefined ? [] : [[key, { value, path: [...spec.path, name] }]];
    }),
  );

const slotsOption = 'taskmanager.numberOfTaskSlots';

interface TaskSlots {
  readonly replicas: number | undefined;
  readonly config: SourcedConfig;
}

/** The program of an application. */
const toProgram = (spec: Section, job: ConvertedJob | undefined, slots: TaskSlots) => {
  const { path, findings } = spec;
  if (job === undefined) {
    if (slots.replicas !== undefined)
      findings.note([...path, 'taskManager', 'replicas'], 'Flink starts the TaskManagers of a session for its jobs.');
    return undefined;
  }
  if (job.jarURI === undefined)
    findings.refuse(
      [...job.path, 'jarURI'],
      'is required. Name the jar in the image, such as local:///opt/flink/lib/etl.jar.',
    );
  return omitMissing({ jar: job.jarURI ?? '-', ...job.program, parallelism: readParallelism(spec, job, slots) });
};

/** With `taskManager.replicas`, the parallelism is the number of their slots. */
const readParallelism = (
  spec: Section,
  { program: { parallelism }, path }: ConvertedJob,
  { replicas, config }: TaskSlots,
): number | undefined => {
  if (replicas === undefined) return parallelism;
  if (parallelism !== undefined)
    spec.findings.note([...path, 'parallelism'], 'The operator ignores it, because taskManager.replicas is set.');
  const { value = '1', path: slotsPath = [] } = config[slotsOption] ?? {};
  const slots = Number(value);
  if (Number.isSafeInteger(slots) && slots > 0) return replicas * slots;
  spec.findings.refuse(slotsPath, `'${value}' is not a number of slots`);
  return undefined;
};
