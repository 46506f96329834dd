import { describeInput } from '#events/problems/issues.ts';
import type { Restore } from '#events/programs/program.ts';

import { omitOptions, type SourcedConfig } from './configuration.ts';
import {
  type FieldPath,
  noteFields,
  noteUnknownFields,
  readInteger,
  readSection,
  readText,
  type Section,
} from './findings.ts';

/** `job` of a deployment or a session job, in the words of Drey. */
export interface ConvertedJob {
  readonly jarURI: string | undefined;
  readonly path: FieldPath;
  /** Members of a deploy's `job` and of a submit. */
  readonly program: {
    readonly entryClass?: string;
    readonly args?: readonly string[];
    readonly parallelism?: number;
    readonly restore?: Restore;
  };
  readonly upgradeMode: UpgradeMode | undefined;
  readonly isSuspended: boolean;
  /** How `drey apply` keeps the state of an application that runs: members of `rollout`. */
  readonly rollout: {
    readonly state?: 'none' | Exclude<UpgradeMode, 'stateless'>;
    readonly allowNonRestoredState?: true;
  };
}

const known = 'jarURI parallelism entryClass args state upgradeMode initialSavepointPath allowNonRestoredState'.split(
  ' ',
);

/** The fields whose changes trigger something, and what to do instead. */
const nonces = {
  savepointTriggerNonce: 'Another value triggers nothing. Run `drey savepoint JOB` to take a savepoint.',
  checkpointTriggerNonce: 'Another value triggers nothing. Run `drey checkpoint JOB` to take a checkpoint.',
  savepointRedeployNonce:
    'Another value triggers nothing. To start from initialSavepointPath, apply with --state none --restart.',
  autoscalerResetNonce: 'Drey has no autoscaler.',
};

/** `job` of the spec. Undefined for a session. */
export const convertJob = (spec: Section): ConvertedJob | undefined => {
  const job = readSection(spec, 'job');
  if (job === undefined) return undefined;
  noteUnknownFields(job, [...known, ...Object.keys(nonces)]);
  noteFields(job, nonces);
  const { entryClass, args, parallelism, restore } = {
    entryClass: readText(job, 'entryClass'),
    args: readArgs(job),
    parallelism: readInteger(job, 'parallelism'),
    restore: readRestore(job),
  };
  const upgradeMode = readUpgradeMode(job);
  return {
    jarURI: readText(job, 'jarURI'),
    path: job.path,
    program: {
      ...(entryClass === undefined ? {} : { entryClass }),
      ...(args.length === 0 ? {} : { args }),
      ...(parallelism === undefined ? {} : { parallelism }),
      ...(restore === undefined ? {} : { restore }),
    },
    upgradeMode,
    isSuspended: readState(job) === 'suspended',
    rollout: {
      ...(upgradeMode === undefined ? {} : { state: upgradeMode === 'stateless' ? 'none' : upgradeMode }),
      ...(job.fields['allowNonRestoredState'] === true ? { allowNonRestoredState: true } : {}),
    },
  };
};

const readState = (job: Section): string => {
  const state = readText(job, 'state') ?? 'running';
  if (state !== 'running' && state !== 'suspended')
    job.findings.refuse([...job.path, 'state'], 'must be running or suspended');
  return state;
};

type UpgradeMode = (typeof upgradeModes)[number];

const upgradeModes = ['stateless', 'savepoint', 'last-state'] as const;
const isUpgradeMode = (mode: string): mode is UpgradeMode => upgradeModes.some((known) => known === mode);

const readUpgradeMode = (job: Section): UpgradeMode | undefined => {
  const [mode, path] = [readText(job, 'upgradeMode'), [...job.path, 'upgradeMode']];
  if (mode === undefined) return undefined;
  if (!isUpgradeMode(mode)) {
    job.findings.refuse(path, `must be one of ${upgradeModes.join(', ')}`);
    return undefined;
  }
  return mode;
};

const readArgs = ({ fields, path, findings }: Section): readonly string[] => {
  const args = fields['args'] ?? [];
  if (Array.isArray(args) && args.every((one) => ['string', 'number', 'boolean'].includes(typeof one)))
    return args.map(String);
  findings.refuse(
    [...path, 'args'],
    Array.isArray(args) ? 'must have texts only' : `must be a list, not ${describeInput(args)}`,
  );
  return [];
};

const readRestore = (job: Section): Restore | undefined => {
  const [savepoint, allows] = [readText(job, 'initialSavepointPath'), job.fields['allowNonRestoredState'] ?? undefined];
  const path = [...job.path, 'allowNonRestoredState'];
  if (allows !== undefined && typeof allows !== 'boolean')
    job.findings.refuse(path, `must be true or false, not ${describeInput(allows)}`);
  if (savepoint !== undefined)
    return { path: savepoint, ...(typeof allows === 'boolean' ? { allowNonRestoredState: allows } : {}) };
  if (allows === true)
    job.findings.note(path, 'It has no effect on a first deploy without initialSavepointPath. `drey apply` uses it.');
  return undefined;
};

interface Defaults {
  readonly name: string;
  /** Options of the session, which the defaults do not replace. */
  readonly inherited?: SourcedConfig;
}

/**
 * The options that the operator sets for each job unless `flinkConfiguration` has them.
 *
 * @see Flink Kubernetes Operator 1.16 `FlinkConfigBuilder.applyJobConfig`
 */
export const addJobDefaults = (
  config: SourcedConfig,
  { path, upgradeMode }: Pick<ConvertedJob, 'path' | 'upgradeMode'>,
  { name, inherited = {} }: Defaults,
): SourcedConfig => {
  const defaults: SourcedConfig = {
    'pipeline.name': { value: name, path: ['metadata', 'name'] },
    'execution.checkpointing.externalized-checkpoint-retention': { value: 'RETAIN_ON_CANCELLATION', path },
    ...(upgradeMode === 'last-state'
      ? { 'execution.checkpointing.interval': { value: '5 min', path: [...path, 'upgradeMode'] } }
      : {}),
  };
  return { ...config, ...omitOptions(defaults, Object.keys({ ...inherited, ...config })) };
};
