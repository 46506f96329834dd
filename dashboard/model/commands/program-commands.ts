import type { JobRollout } from '../../api/types.ts';
import {
  type ActionCommand,
  atCluster,
  type ClusterRef,
  clusterRoute,
  type JobRef,
  jobRoute,
  omitMissing,
  toMember,
  toOption,
} from './command.ts';

/** What a session runs. */
export interface ProgramOptions {
  readonly entryClass: string;
  readonly args: readonly string[];
  readonly parallelism: number | undefined;
}

interface JarOptions extends ProgramOptions {
  /** The `jar` of an upload, or the name of a file that is not uploaded yet. */
  readonly jar: string;
}

export interface SubmitOptions extends JarOptions {
  /** Path of a savepoint. Empty: the job starts without state. */
  readonly savepoint: string;
  readonly allowNonRestoredState: boolean;
}

interface GivenOptions {
  readonly entryClass: string | undefined;
  readonly parallelism: number | undefined;
  readonly savepoint: string | undefined;
}

/** The options that a submit and an apply have in common. */
const toProgramOptions = ({ entryClass, parallelism, savepoint }: GivenOptions): readonly string[] => [
  ...toOption('-c', entryClass),
  ...toOption('-p', parallelism?.toString()),
  ...toOption('-s', savepoint),
];

/** Submits a jar to a session, and does not wait for the end of the job. */
export const submitJar = (path: ClusterRef, options: SubmitOptions): ActionCommand => {
  const { jar, args, parallelism } = options;
  const [entryClass, savepoint] = [toMember(options.entryClass), toMember(options.savepoint)];
  const allowNonRestoredState = savepoint !== undefined && options.allowNonRestoredState;
  const restore = { path: savepoint, ...(allowNonRestoredState ? { allowNonRestoredState } : {}) };
  return {
    words: [
      'run',
      '-d',
      ...atCluster(path),
      ...toProgramOptions({ entryClass, parallelism, savepoint }),
      ...(allowNonRestoredState ? ['-n'] : []),
      jar,
      ...args,
    ],
    route: `${clusterRoute}/jobs`,
    path,
    body: {
      jar,
      args,
      ...omitMissing({ entryClass, parallelism, restore: savepoint === undefined ? undefined : restore }),
    },
  };
};

export interface JobRolloutChoice {
  /** Where the new job starts from. */
  readonly state: Required<JobRollout>['state'];
  /** With `state: savepoint`. Empty: that of the cluster. */
  readonly savepointDirectory: string;
  /** With `state: none`, the path of a savepoint. Empty: the job starts without state. */
  readonly savepoint: string;
  readonly allowNonRestoredState: boolean;
  /** How long the new job is watched. Empty: the default, 5min. */
  readonly stableWithin: string;
  /** How often Flink may restart the job in that time. Undefined: the default, 0. */
  readonly maxRestarts: number | undefined;
  readonly onFailure: Required<JobRollout>['onFailure'];
}

export interface ApplyJobOptions extends JarOptions {
  readonly rollout: JobRolloutChoice;
}

/** Runs a jar in place of a job of a session. */
export const applyJob = (path: JobRef, { rollout: choice, ...program }: ApplyJobOptions): ActionCommand => {
  const { jar, args, parallelism } = program;
  const entryClass = toMember(program.entryClass);
  const rollout = toRollout(choice);
  const savepoint = choice.state === 'none' ? toMember(choice.savepoint) : undefined;
  return {
    words: [
      'apply-job',
      ...atCluster(path),
      ...toProgramOptions({ entryClass, parallelism, savepoint }),
      ...toOption('--state', rollout.state),
      ...toOption('--savepoint-directory', rollout.savepointDirectory),
      ...toOption('--stable-within', rollout.stableWithin),
      ...toOption('--max-restarts', rollout.maxRestarts?.toString()),
      ...toOption('--on-failure', rollout.onFailure),
      ...(rollout.allowNonRestoredState === true ? ['-n'] : []),
      path.jobId,
      jar,
      ...args,
    ],
    method: 'PUT',
    route: jobRoute,
    path,
    body: {
      jar,
      args,
      ...omitMissing({
        entryClass,
        parallelism,
        restore: savepoint === undefined ? undefined : { path: savepoint },
        rollout: Object.keys(rollout).length === 0 ? undefined : rollout,
      }),
    },
  };
};

/** Whether the new job starts from the state of the old one, or from a savepoint. */
export const hasState = ({ state, savepoint }: Pick<JobRolloutChoice, 'state' | 'savepoint'>): boolean =>
  state === 'savepoint' || savepoint.trim() !== '';

/** The members of the rollout that do not have their defaults. */
const toRollout = (choice: JobRolloutChoice): JobRollout => {
  const { state, maxRestarts, onFailure } = choice;
  return omitMissing({
    state: state === 'none' ? state : undefined,
    savepointDirectory: state === 'savepoint' ? toMember(choice.savepointDirectory) : undefined,
    stableWithin: toMember(choice.stableWithin),
    maxRestarts: maxRestarts === 0 ? undefined : maxRestarts,
    onFailure: onFailure === 'keep' ? onFailure : undefined,
    allowNonRestoredState: hasState(choice) && choice.allowNonRestoredState ? true : undefined,
  });
};
