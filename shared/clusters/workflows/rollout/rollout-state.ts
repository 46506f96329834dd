import type { Operation } from '#events/records/operation.ts';
import { codeOf, Fault, type Problem } from '#events/problems/problem.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';

/** Why the new revision, or the rollout as a whole, has failed. */
export interface RolloutFailure {
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly message: string;
}

/** The result of a step. */
export type RolloutOutcome =
  /** The rollout has waited for another one, and the cluster runs its spec already. */
  | 'unchanged'
  /** The running job is rescaled next. */
  | 'rescale'
  /** The old incarnation or job is ended next. */
  | 'end'
  /** The new incarnation or job is started next, or the stable one again. */
  | 'start'
  /** What the step does is complete. */
  | 'done'
  /** What the step does takes some seconds or minutes more. */
  | 'waiting'
  /** The deploy or submit is QUEUED, or the rollout waits for another one. */
  | 'queued'
  /** The new incarnation or job is looked at again. */
  | 'watching'
  /** The new incarnation or job is stable, or has finished. */
  | 'stable'
  /** A caller has ended the job. */
  | 'canceled'
  | 'failed'
  /** What runs stays as it is. */
  | 'kept'
  /** Nothing runs, and the cluster is SUSPENDED. */
  | 'suspended'
  /** Another command has taken the place of the rollout, or its end is recorded. */
  | 'over';

/** The state that the rollout machine passes from step to step. */
export interface RolloutState {
  readonly operationId: string;
  readonly attempt?: number;
  readonly outcome?: RolloutOutcome;
  readonly waitSeconds?: number;
  /** The rescale of the running job. */
  readonly rescaleId?: string;
  /** The stop of the old incarnation or job, and the deploy or submit of the new one. */
  readonly stopId?: string;
  readonly deployId?: string;
  /** The stop with the fallback, after the first one has failed. */
  readonly fallbackId?: string;
  /** The stop or cancel of what was not stable, and the deploy or submit of the stable one. */
  readonly unwindId?: string;
  readonly stableId?: string;
  /** Since when all tasks of the stable revision have been seen to run. */
  readonly runsSince?: string;
  /** The stop of a stable revision that did not start again. */
  readonly suspendId?: string;
  readonly failure?: RolloutFailure;
  /** Why the stable revision did not start again. */
  readonly rollbackFailure?: RolloutFailure;
  readonly error?: StepError;
}

/** What a step passes to the next one: all but the result of the step. */
export const toNext = (
  { outcome: _outcome, waitSeconds: _waitSeconds, attempt: _attempt, error: _error, ...state }: RolloutState,
  outcome: RolloutOutcome,
  changes: Partial<RolloutState> = {},
): RolloutState => ({ ...state, outcome, ...changes });

/** An execution has at most 25,000 events, so that what takes long is looked at rarely. */
const [longSeconds, maxShortWaits] = [600, 120];

/** What a step returns that waits for hours or days: at first it is repeated after `seconds`. */
export const toLongWait = (state: RolloutState, seconds: number): RolloutState => {
  const { attempt = 0 } = state;
  const waitSeconds = attempt < maxShortWaits ? seconds : longSeconds;
  return { ...toNext(state, 'queued'), attempt: attempt + 1, waitSeconds };
};

/** How often a queued deploy or submit is looked at in the first hour. */
const queuedSeconds = 30;

/** The state while a deploy or submit has not started. */
export const waitForStart = ({ state: started }: Pick<Operation, 'state'>, state: RolloutState): RolloutState =>
  started === 'QUEUED' ? toLongWait(state, queuedSeconds) : toNext(state, 'waiting');

export const toFailure = (fault: Fault): RolloutFailure => ({
  code: fault.code,
  ...(fault.reason === undefined ? {} : { reason: fault.reason }),
  message: fault.message,
});

export const problemToFailure = (problem: Problem | undefined, otherwise: string): RolloutFailure => ({
  code: problem?.code,
  ...(problem?.reason === undefined ? {} : { reason: problem.reason }),
  message: problem?.detail ?? otherwise,
});

/** The failure that a step has returned, or the error of a step that no retry has repaired. */
export const findFailure = ({ failure, error }: RolloutState): RolloutFailure | undefined =>
  failure ?? (error === undefined ? undefined : toFailure(parseStepError(error)));

/** The failure when no step has returned a more exact one. */
export const newUnknownFailure = (what: 'revision' | 'job'): RolloutFailure => ({
  code: 'rollout-failed',
  message: `It is not known why the new ${what} failed.`,
});

/** What Flink and Kubernetes say may end without a full stop. */
export const toSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The fault of the operation of a rollout. */
export const toFault = ({ code, reason, message }: RolloutFailure, suffix = ''): Fault =>
  new Fault(
    codeOf(code ?? '') ?? 'rollout-failed',
    `${toSentence(message)}${suffix}`,
    reason === undefined ? {} : { reason },
  );
