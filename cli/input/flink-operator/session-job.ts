import { isClusterOption } from '#shared/flink/option-names/cluster-options.ts';

import { type ConvertedBody, omitMissing, toSources } from './body.ts';
import { readConfiguration, type SourcedConfig, toConfig } from './configuration.ts';
import { noteFields, noteUnknownFields, readText, type Section } from './findings.ts';
import { addJobDefaults, type ConvertedJob, convertJob } from './job.ts';

/** The job of a `FlinkSessionJob`. Its body is that of a submit without a jar, because a session runs uploaded jars. */
export interface ConvertedSessionJob extends ConvertedBody {
  /** The session. */
  readonly clusterId: string;
  readonly jarURI: string;
  readonly isSuspended: boolean;
  /** Whether a later start of the job has the state of the former one (`upgradeMode`). */
  readonly keepsState: boolean;
}

/** @param session The options of the session, if the files have it. */
export const convertSessionJob = (
  metadata: Section,
  spec: Section,
  session: SourcedConfig | undefined,
): ConvertedSessionJob => {
  const { path, findings } = spec;
  noteUnknownFields(spec, ['deploymentName', 'job', 'flinkConfiguration', 'restartNonce']);
  noteFields(spec, {
    restartNonce: 'It triggers nothing on a first start. Another value starts a job that has ended again.',
  });
  const [clusterId, job] = [readText(spec, 'deploymentName'), convertJob(spec)];
  noteFields(metadata, { labels: 'A job of Drey has no labels.' });
  const required = { job, 'job.jarURI': job === undefined ? '' : job.jarURI };
  for (const [name, value] of Object.entries(required))
    if (value === undefined) findings.refuse([...path, name], 'is required');
  const given = omitClusterOptions(readConfiguration(spec).flink, spec);
  const config = job === undefined ? given : addDefaults(given, job, { metadata, session });
  return {
    clusterId: clusterId ?? '',
    jarURI: job?.jarURI ?? '',
    isSuspended: job?.isSuspended ?? false,
    keepsState: (job?.upgradeMode ?? 'stateless') !== 'stateless',
    body: omitMissing({ ...job?.program, config: toConfig(config) }),
    sources: {
      ...toSources(config),
      '': [...path, 'job'],
      '/restore/path': [...path, 'job', 'initialSavepointPath'],
      '/restore/allowNonRestoredState': [...path, 'job', 'allowNonRestoredState'],
    },
  };
};

const omitClusterOptions = (config: SourcedConfig, { findings }: Section): SourcedConfig => {
  const kept = Object.entries(config).filter(([key, { path }]) => {
    if (isClusterOption(key)) findings.note(path, 'The processes of the session read it, and a job cannot change it.');
    return !isClusterOption(key);
  });
  return Object.fromEntries(kept);
};

interface Surroundings {
  readonly metadata: Section;
  readonly session: SourcedConfig | undefined;
}

const intervalOption = 'execution.checkpointing.interval';

/** A job has the options of its session, which defaults must not replace. */
const addDefaults = (config: SourcedConfig, job: ConvertedJob, { metadata, session }: Surroundings): SourcedConfig => {
  const name = readText(metadata, 'name') ?? '';
  if (session !== undefined) return addJobDefaults(config, job, { name, inherited: session });
  if (job.upgradeMode === 'last-state' && !Object.hasOwn(config, intervalOption))
    metadata.findings.note(
      [...job.path, 'upgradeMode'],
      `The operator sets ${intervalOption} to 5 min if the session has none. Check the options of the session.`,
    );
  return addJobDefaults(config, { ...job, upgradeMode: undefined }, { name });
};
