import type { Operation } from '#events/records/operation.ts';
import { codeOf, Fault, type Problem } from '#events/problems/problem.ts';
import { parseStepError, type StepError } from '#shared/clusters/model/step-error.ts';

/** Why the new revision, or the rollout as a whole, has failed. */
export interface RolloutFailure {
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly message: string;
}

/** The state that the rollout machine passes from step to step. */
export interface RolloutState {
  readonly operationId: string;
  readonly attempt?: number;
  /**
   * `rescale`, `end`, `start`: what the rollout does next. `unchanged`: it has waited, and the cluster runs its spec already. `queued`: its deploy is, or it waits for another rollout. `watching`: the new incarnation is watched. `kept`, `suspended`: how the cluster stays. `over`: another command has taken the
   * place of the rollout, or its end is recorded.
   */
  readonly outcome?:
    | 'unchanged'
    | 'rescale'
    | 'end'
    | 'start'
    | 'done'
    | 'waiting'
    | 'queued'
    | 'watching'
    | 'stable'
    | 'canceled'
    | 'failed'
    | 'kept'
    | 'suspended'
    | 'over';
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
  outcome: NonNullable<RolloutState['outcome']>,
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

/** The fault of the operation of a rollout. */
export const toFault = ({ code, reason, message }: RolloutFailure, suffix = ''): Fault =>
  new Fault(codeOf(code ?? '') ?? 'rollout-failed', `${message}${suffix}`, reason === undefined ? {} : { reason });
