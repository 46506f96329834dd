import type { CommandRoute, Schemas } from '../api/types.ts';

/** A cluster of a target. */
export interface ClusterRef {
  readonly target: string;
  readonly clusterId: string;
}

export interface JobRef extends ClusterRef {
  readonly jobId: string;
}

/** A command for a cluster or a job: the request, and the words after `drey` that send the same one. */
export interface ActionCommand {
  readonly words: readonly string[];
  readonly route: CommandRoute;
  readonly path: ClusterRef | JobRef;
  /** Members that have their default value are left out. */
  readonly body: object;
}

const clusterRoute = '/v1/targets/{target}/clusters/{clusterId}';
const jobRoute = '/v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}';

export interface StopOptions {
  readonly savepoint: Schemas['Stop']['savepoint'];
  /** Empty: that of the cluster. */
  readonly savepointDirectory: string;
  readonly ha: Schemas['Stop']['ha'];
}

export const stopCluster = (path: ClusterRef, { savepoint, savepointDirectory, ha }: StopOptions): ActionCommand => {
  const takesSavepoint = savepoint !== 'none';
  const body: Partial<Schemas['Stop']> = omitMissing({
    savepoint: takesSavepoint ? savepoint : undefined,
    savepointDirectory: takesSavepoint ? toMember(savepointDirectory) : undefined,
    ha: ha === 'purge' ? ha : undefined,
  });
  return {
    words: [
      'delete',
      path.clusterId,
      '--at',
      path.target,
      ...toOption('--savepoint', body.savepoint),
      ...toOption('--savepoint-directory', body.savepointDirectory),
      ...toOption('--ha', body.ha),
    ],
    route: `${clusterRoute}/stop`,
    path,
    body,
  };
};

/** Empty texts leave the members of the lifetime as they are. */
export interface ExtendOptions {
  readonly ttl: string;
  /** ISO 8601 */
  readonly until: string;
  readonly idleAfter: string;
}

export const extendCluster = (path: ClusterRef, options: ExtendOptions): ActionCommand => {
  const body: Schemas['Extend'] = omitMissing({
    ttl: toMember(options.ttl),
    until: toMember(options.until),
    idleAfter: toMember(options.idleAfter),
  });
  return {
    words: [
      'extend',
      path.clusterId,
      '--at',
      path.target,
      ...toOption('--ttl', body.ttl),
      ...toOption('--until', body.until),
      ...toOption('--idle-after', body.idleAfter),
    ],
    route: `${clusterRoute}/extend`,
    path,
    body,
  };
};

export const rolloutKinds = ['suspend', 'resume', 'restart', 'rollback'] as const;
export type RolloutKind = (typeof rolloutKinds)[number];

export interface RolloutChoice {
  /** Where the state of the next start comes from. */
  readonly state: Schemas['Restart']['state'];
  readonly savepointDirectory: string;
  /** How long the new revision is watched. Empty: the default, 5min. */
  readonly stableWithin: string;
  /** The revision to go back to. Undefined: the last stable one. */
  readonly to: number | undefined;
  readonly allowFailed: boolean;
}

const rolloutWords: Readonly<Record<RolloutKind, readonly string[]>> = {
  suspend: ['suspend'],
  resume: ['resume'],
  restart: ['rollout', 'restart'],
  rollback: ['rollout', 'undo'],
};

/** Of the choices, a suspend has no verification, and a resume has its state already. */
export const rollOut = (kind: RolloutKind, path: ClusterRef, choice: RolloutChoice): ActionCommand => {
  const { state, savepointDirectory, stableWithin, to, allowFailed } = choice;
  const takesState = kind !== 'resume';
  const body: Partial<Schemas['Rollback']> = omitMissing({
    to: kind === 'rollback' ? to : undefined,
    allowFailed: kind === 'rollback' && allowFailed ? true : undefined,
    state: takesState && state !== 'savepoint' ? state : undefined,
    savepointDirectory: takesState && state === 'savepoint' ? toMember(savepointDirectory) : undefined,
    stableWithin: kind === 'suspend' ? undefined : toMember(stableWithin),
  });
  return {
    words: [
      ...rolloutWords[kind],
      path.clusterId,
      '--at',
      path.target,
      ...toOption('--to-revision', body.to?.toString()),
      ...(body.allowFailed === true ? ['--allow-failed'] : []),
      ...toOption('--state', body.state),
      ...toOption('--savepoint-directory', body.savepointDirectory),
      ...toOption('--stable-within', body.stableWithin),
    ],
    route: `${clusterRoute}/${kind}`,
    path,
    body,
  };
};

const atJob = ({ target, clusterId }: JobRef): readonly string[] => [
  '--at',
  target,
  `-Dkubernetes.cluster-id=${clusterId}`,
];

export const cancelJob = (path: JobRef): ActionCommand => ({
  words: ['cancel', ...atJob(path), path.jobId],
  route: `${jobRoute}/cancel`,
  path,
  body: {},
});

export interface SavepointOptions {
  /** Empty: that of the cluster. */
  readonly directory: string;
  readonly format: 'CANONICAL' | 'NATIVE';
}

const toFormatWords = (format: SavepointOptions['format']): readonly string[] =>
  format === 'CANONICAL' ? [] : ['--type', format.toLowerCase()];

export const stopJob = (
  path: JobRef,
  { directory, format, drain }: SavepointOptions & { readonly drain: boolean },
): ActionCommand => ({
  words: [
    'stop',
    ...atJob(path),
    ...toFormatWords(format),
    ...toOption('-p', toMember(directory)),
    ...(drain ? ['-d'] : []),
    path.jobId,
  ],
  route: `${jobRoute}/stop`,
  path,
  body: { format, drain, ...omitMissing({ directory: toMember(directory) }) },
});

export const takeSavepoint = (path: JobRef, { directory, format }: SavepointOptions): ActionCommand => ({
  words: [
    'savepoint',
    ...atJob(path),
    ...toFormatWords(format),
    path.jobId,
    ...(directory.trim() === '' ? [] : [directory.trim()]),
  ],
  route: `${jobRoute}/savepoints`,
  path,
  body: { format, ...omitMissing({ directory: toMember(directory) }) },
});

export const rescaleJob = (path: JobRef, parallelism: number): ActionCommand => ({
  words: ['rescale', path.clusterId, path.jobId, '--at', path.target, '--parallelism', String(parallelism)],
  route: `${jobRoute}/rescale`,
  path,
  body: { parallelism },
});

export interface SubmitOptions {
  /** The `jar` of an upload, or the name of a file that is not uploaded yet. */
  readonly jar: string;
  readonly entryClass: string;
  readonly args: readonly string[];
  readonly parallelism: number | undefined;
  /** Path of a savepoint. Empty: the job starts without state. */
  readonly savepoint: string;
  readonly allowNonRestoredState: boolean;
}

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
      '--at',
      path.target,
      `-Dkubernetes.cluster-id=${path.clusterId}`,
      ...toOption('-c', entryClass),
      ...toOption('-p', parallelism?.toString()),
      ...toOption('-s', savepoint),
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

const toMember = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

const toOption = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [name, value];

/** The members that have a value. */
const omitMissing = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // Only members without a value are left out, which the compiler cannot infer.
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
