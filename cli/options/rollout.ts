import type { RequestFields } from './request-fields.ts';

/** What a rollout takes the state from. */
export const rolloutStates = ['savepoint', 'last-state', 'none'] as const;
export const rolloutFallbacks = ['last-state', 'none'] as const;
export const rolloutFailureActions = ['rollback', 'keep'] as const;

/** The options of a command that ends an incarnation. */
export const snapshotOptions = {
  '--state <source>': 'savepoint (default), last-state (last checkpoint) or none',
  '--fallback <source>': 'last-state or none, when there is no such state',
  '--savepoint-directory <uri>': 'directory of the savepoints',
} as const;

/** The options of a command that starts an incarnation and verifies it. */
export const verificationOptions = {
  '--stable-within <duration>': 'how long the new revision is watched (default: 5min)',
  '--max-restarts <number>': 'how often Flink may restart a job in that time (default: 0)',
  '--on-failure <action>': 'rollback (default), or keep a revision that runs',
  '-n, --allowNonRestoredState': 'drop state that the new program no longer has',
} as const;

/** The options of an apply about its rollout, which are those of its plan as well. */
export const applyOptions = {
  ...snapshotOptions,
  ...verificationOptions,
  '--restart': 'restart the cluster also for a change that needs none',
} as const;

export const ifRevisionOption = {
  '--if-revision <number>': 'refuse unless this is the current revision',
} as const;

export interface RolloutOptions {
  readonly state?: string;
  readonly fallback?: string;
  readonly savepointDirectory?: string;
  readonly stableWithin?: string;
  readonly maxRestarts?: string;
  readonly onFailure?: string;
  readonly allowNonRestoredState?: boolean;
}

export interface ApplyOptions extends RolloutOptions {
  readonly restart?: boolean;
}

export interface IfRevisionOption {
  readonly ifRevision?: string;
}

/** The members of a rollout that the options set. The API validates their values. */
export const toRolloutFields = ({
  state,
  fallback,
  savepointDirectory,
  stableWithin,
  maxRestarts,
  onFailure,
  allowNonRestoredState,
}: RolloutOptions): RequestFields =>
  omitMissing({
    state,
    fallback,
    savepointDirectory,
    stableWithin,
    maxRestarts: toNumber(maxRestarts),
    onFailure,
    allowNonRestoredState,
  });

/** The request fields with the rollout that the options set. */
export const toRollout = ({ restart, ...options }: ApplyOptions): { readonly rollout?: RequestFields } => {
  const rollout = { ...toRolloutFields(options), ...omitMissing({ restart }) };
  return Object.keys(rollout).length === 0 ? {} : { rollout };
};

export const toIfRevision = ({ ifRevision }: IfRevisionOption): RequestFields =>
  omitMissing({ ifRevision: toNumber(ifRevision) });

/** Text that is no number stays, so that the API reports it. */
export const toNumber = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : text;

const omitMissing = (fields: RequestFields): RequestFields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
