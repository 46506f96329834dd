import type { SourcedConfig, Configuration } from './configuration.ts';
import { type FieldPath, noteUnknownFields, readInteger, readSection, type Section } from './findings.ts';
import { addAmounts, mergePodTemplates } from './pod-templates.ts';
import { convertResources } from './resources.ts';

/** What `jobManager` or `taskManager` of a deployment becomes. */
export interface ConvertedProcess {
  readonly options: SourcedConfig;
  /** The pod template, merged into the common one. */
  readonly template: Readonly<Record<string, unknown>> | undefined;
  /** The field to which mistakes of the template belong. */
  readonly templatePath: FieldPath;
  /** Undefined when the field is missing or refused. */
  readonly replicas: number | undefined;
}

const flinkNames = { jobManager: 'jobmanager', taskManager: 'taskmanager' } as const;

/** @param common The pod template of both kinds of pods. */
export const convertProcess = (
  spec: Section,
  name: keyof typeof flinkNames,
  { common, configuration }: { readonly common: Section | undefined; readonly configuration: Configuration },
): ConvertedProcess => {
  const commonPath = [...spec.path, 'podTemplate'];
  const section = readSection(spec, name);
  if (section === undefined)
    return { options: {}, template: common?.fields, templatePath: commonPath, replicas: undefined };
  noteUnknownFields(section, ['resource', 'resources', 'replicas', 'podTemplate']);
  const own = readSection(section, 'podTemplate');
  const { options, ...amounts } = convertResources(section, flinkNames[name]);
  const replicas = readReplicas(section);
  return {
    options: name === 'jobManager' ? { ...options, ...toReplicas(section, replicas, configuration) } : options,
    template: addAmounts(mergePodTemplates(common?.fields, own?.fields, configuration.mergesByName), amounts),
    templatePath: own === undefined ? commonPath : own.path,
    replicas,
  };
};

const readReplicas = (section: Section): number | undefined => {
  const replicas = readInteger(section, 'replicas');
  if (replicas === undefined || replicas > 0) return replicas;
  section.findings.refuse([...section.path, 'replicas'], 'must be at least 1');
  return undefined;
};

const replicasOption = 'kubernetes.jobmanager.replicas';

/** The operator sets the option also for one JobManager, so that `flinkConfiguration` cannot set it. */
const toReplicas = (section: Section, replicas: number | undefined, { flink }: Configuration): SourcedConfig =>
  replicas === undefined && !Object.hasOwn(flink, replicasOption)
    ? {}
    : { [replicasOption]: { value: String(replicas ?? 1), path: [...section.path, 'replicas'] } };
