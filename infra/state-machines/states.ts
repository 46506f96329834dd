/** The states of the Amazon States Language that Drey uses, and one function that builds each of them. */
import type { ProblemCode } from '#events/problems/problem-table.ts';

import { lastingRetries, noRetries, type Retrier, retriersOf } from './retry-policy.ts';

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath: string;
  readonly Next: string;
}

export interface TaskState<Step extends string = string> {
  readonly Type: 'Task';
  readonly Comment?: string;
  readonly Resource: string;
  readonly Parameters: {
    readonly FunctionName: string;
    readonly Payload: { readonly step: Step; readonly 'state.$': string };
  };
  readonly OutputPath: string;
  readonly TimeoutSeconds?: number;
  readonly Retry: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Next?: string;
  readonly End?: true;
}

type Comparison = { readonly Variable: string } & (
  | { readonly StringEquals: string }
  | { readonly NumericEquals: number }
);

interface ChoiceState {
  readonly Type: 'Choice';
  readonly Choices: readonly ((Comparison | { readonly And: readonly Comparison[] }) & { readonly Next: string })[];
  readonly Default: string;
}

interface WaitState {
  readonly Type: 'Wait';
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Next: string;
}

interface SucceedState {
  readonly Type: 'Succeed';
  readonly Comment?: string;
}

export type State<Step extends string = string> = TaskState<Step> | ChoiceState | WaitState | SucceedState;

/** A state machine, with the steps that its function has. */
export interface StateMachine<Step extends string = string> {
  readonly Comment: string;
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, State<Step>>>;
}

interface TaskOptions {
  readonly comment?: string;
  /** `none`: the step is not repeated. */
  readonly retry?: (typeof lastingRetries)[keyof typeof lastingRetries] | 'none';
  /** After how many seconds the step counts as failed. Without it, the timeout of the function decides. */
  readonly timeoutSeconds?: number;
  /** The state after the step. The step ends the execution when it is left out. */
  readonly next?: string;
  /** The state after an error that was not retried, or was retried in vain. The error fails the execution when it is left out. */
  readonly onError?: string;
  /** The states after errors with these codes, in place of `onError`. */
  readonly onCode?: Readonly<Partial<Record<ProblemCode, string>>>;
}

/** Calls the function of the state machine. The function gets the name of the step and the whole state, and returns the next state. */
export const task = <const Step extends string>(
  step: Step,
  { comment, retry = lastingRetries.standard, timeoutSeconds, next, onError, onCode = {} }: TaskOptions,
): TaskState<Step> => {
  const byCode = Object.entries(onCode) as [ProblemCode, string][]; // the keys of the record
  const catchers = [
    ...byCode.map(([code, state]) => catcher(code, state)),
    ...(onError === undefined ? [] : [catcher('States.ALL', onError)]),
  ];
  return {
    Type: 'Task',
    ...(comment === undefined ? {} : { Comment: comment }),
    Resource: '${LambdaInvoke}', // infra/state-machines/resources.ts substitutes the ARN of this partition.
    Parameters: { FunctionName: '${FunctionArn}', Payload: { step, 'state.$': '$' } },
    OutputPath: '$.Payload',
    ...(timeoutSeconds === undefined ? {} : { TimeoutSeconds: timeoutSeconds }),
    Retry:
      retry === 'none'
        ? noRetries
        : retriersOf(
            retry,
            byCode.map(([code]) => code),
          ),
    ...(catchers.length === 0 ? {} : { Catch: catchers }),
    ...(next === undefined ? { End: true } : { Next: next }),
  };
};

const catcher = (error: string, next: string): Catcher => ({
  ErrorEquals: [error],
  ResultPath: '$.error',
  Next: next,
});

/** Branches by the `outcome` that the step before it returned. */
export const branch = (nextOf: Readonly<Record<string, string>>, otherwise: string): ChoiceState => ({
  Type: 'Choice',
  Choices: Object.entries(nextOf).map(([outcome, next]) => ({ ...isOutcome(outcome), Next: next })),
  Default: otherwise,
});

const isOutcome = (outcome: string) => ({ Variable: '$.outcome', StringEquals: outcome });

/**
 * Branches after a step that holds (`shared/clusters/workflows/hold.ts`). A step that waits is repeated, at once when it
 * has waited itself.
 */
export const branchAfterHold = (
  nextOf: Readonly<Record<string, string>>,
  { otherwise, step, wait }: { readonly otherwise: string; readonly step: string; readonly wait: string },
): ChoiceState => {
  const { Choices } = branch(nextOf, otherwise);
  const hasWaited = { Variable: '$.waitSeconds', NumericEquals: 0 };
  return {
    Type: 'Choice',
    Choices: [
      ...Choices,
      { And: [isOutcome('waiting'), hasWaited], Next: step },
      { ...isOutcome('waiting'), Next: wait },
    ],
    Default: otherwise,
  };
};

/** Waits as many seconds as the step before it returned in `waitSeconds`. */
export const waitAsReturned = (next: string): WaitState => ({
  Type: 'Wait',
  SecondsPath: '$.waitSeconds',
  Next: next,
});

export const waitSeconds = (seconds: number, next: string): WaitState => ({
  Type: 'Wait',
  Seconds: seconds,
  Next: next,
});

export const succeed = (comment: string): SucceedState => ({ Type: 'Succeed', Comment: comment });
