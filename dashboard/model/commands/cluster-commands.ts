import type { Schemas } from '../../api/types.ts';
import {
  type ActionCommand,
  type ClusterRef,
  clusterRoute,
  omitMissing,
  type SnapshotRef,
  toMember,
  toOption,
} from './command.ts';

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

/** Deletes a savepoint of the catalogue through the Flink of its cluster. */
export const disposeSnapshot = (path: SnapshotRef): ActionCommand => ({
  words: ['snapshots', path.clusterId, 'dispose', path.snapshotId, '--at', path.target],
  route: `${clusterRoute}/snapshots/{snapshotId}/disposal`,
  path,
  body: {},
});
