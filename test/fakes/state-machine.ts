import type { WorkflowName } from '#events/commands/define.ts';

import { stateMachines } from '../../infra/state-machines/definitions.ts';
import { readPath, resolveTemplate, StateMachineError, writePath } from './state-machine-paths.ts';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts?: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}
interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath?: string | null;
  readonly Next: string;
}
/** A comparison of a variable, or several that all have to hold. */
interface Condition {
  readonly Variable?: string;
  readonly StringEquals?: string;
  readonly NumericEquals?: number;
  readonly And?: readonly Condition[];
}
/** Every field that the interpreter honours, of every type of state. */
interface State {
  readonly Type: string;
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly ResultPath?: string | null;
  readonly Resource?: string;
  readonly Parameters?: unknown;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Choices?: readonly (Condition & { readonly Next: string })[];
  readonly Default?: string;
  readonly Next?: string;
  readonly End?: boolean;
}
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** What goes from state to state. */
export type Carried = Readonly<Record<string, unknown>> & { readonly operationId: string };

export interface Runtime {
  /** Calls the function of a step; what it throws has a name. The step of some tasks counts as failed after a time. */
  readonly task: (step: string, carried: Carried, timeoutSeconds?: number) => Promise<unknown>;
  readonly wait: (seconds: number) => void | Promise<void>;
  /** Is called at each state that is entered: AWS bills them as state transitions. */
  readonly enter?: ((state: string) => void) | undefined;
}

interface LambdaRuntime {
  /** Calls the function of a task with its payload. The name of an error is the name that Retry and Catch see. */
  readonly invoke: (payload: unknown, timeoutSeconds?: number) => Promise<unknown>;
  readonly wait: Runtime['wait'];
  readonly enter?: Runtime['enter'];
}

const lambdaInvoke = '${LambdaInvoke}';

const flow = ['Type', 'Comment', 'InputPath', 'OutputPath'];
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  Task: [...flow, 'Resource', 'Parameters', 'TimeoutSeconds', 'ResultPath', 'Retry', 'Catch', 'Next', 'End'],
  Choice: [...flow, 'Choices', 'Default'],
  Wait: [...flow, 'Seconds', 'SecondsPath', 'Next', 'End'],
  Succeed: flow,
};
/** Executions are not timed: the operations have deadlines of their own, which end before `TimeoutSeconds`. */
const definitionFields = ['Comment', 'StartAt', 'States', 'TimeoutSeconds'];
/** `JitterStrategy` shortens a wait at random. The interpreter waits the whole time. */
const retrierFields = [
  'ErrorEquals',
  'MaxAttempts',
  'IntervalSeconds',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
];
const catcherFields = ['ErrorEquals', 'ResultPath', 'Next'];
const comparisonFields = ['Variable', 'StringEquals', 'NumericEquals'];
const ruleFields = [...comparisonFields, 'And', 'Next'];

/**
 * Runs one of the project's own state machines.
 *
 * @throws what its last task threw, when no Catch took it.
 */
export const execute = async (machine: WorkflowName, operationId: string, runtime: Runtime): Promise<void> => {
  await interpret(
    stateMachines[machine],
    { operationId },
    {
      wait: runtime.wait,
      ...(runtime.enter === undefined ? {} : { enter: runtime.enter }),
      invoke: (payload, timeoutSeconds) => {
        const { step, state } = payload as { step: string; state: Carried }; // as every task of the definitions has it
        return runtime.task(step, state, timeoutSeconds);
      },
    },
  );
};

/**
 * Runs a state machine in the part of the Amazon States Language that the project uses, and returns its output.
 *
 * @throws Error for a state, field or path that the interpreter does not know, even in a state that is not reached.
 * @throws StateMachineError where Step Functions fails the execution; otherwise what its last task threw.
 */
export const interpret = async (definition: Definition, input: unknown, runtime: LambdaRuntime): Promise<unknown> => {
  assertSupported(definition);
  let data = asJson(input);
  let name: string | undefined = definition.StartAt;
  while (name !== undefined) {
    const state: State | undefined = definition.States[name];
    if (state === undefined) throw new Error(`the state machine has no state ${name}`);
    runtime.enter?.(name);
    const result: Result = await enter(name, { state, data }, runtime);
    data = result.output;
    name = result.next;
  }
  return data;
};

interface Result {
  readonly output: unknown;
  /** Left out by a state that ends the execution. */
  readonly next: string | undefined;
}

interface Entered {
  readonly state: State;
  readonly data: unknown;
}

const enter = async (name: string, { state, data: raw }: Entered, runtime: LambdaRuntime): Promise<Result> => {
  if (state.Type === 'Task') return runTask(name, { state, data: raw }, runtime);
  const input = selectFrom(state.InputPath, raw);
  const output = selectFrom(state.OutputPath, input);
  switch (state.Type) {
    case 'Wait':
      await runtime.wait(secondsOf(state, input));
      return { output, next: state.Next };
    case 'Choice':
      return { output, next: choose(state, input) };
    default:
      return { output, next: undefined };
  }
};

/** A path of `null` selects nothing, which the language writes as an empty object. */
const selectFrom = (path: string | null | undefined, data: unknown): unknown =>
  path === null ? {} : readPath(path ?? '$', data);

const secondsOf = ({ Seconds, SecondsPath }: State, input: unknown): number => {
  const seconds = SecondsPath === undefined ? Seconds : readPath(SecondsPath, input);
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0) return seconds;
  throw new StateMachineError('States.Runtime', `a wait takes whole seconds, not ${JSON.stringify(seconds)}`);
};

const choose = ({ Choices = [], Default }: State, input: unknown): string => {
  const rule = Choices.find((condition) => holds(condition, input));
  const next = rule?.Next ?? Default;
  if (next === undefined) throw new StateMachineError('States.NoChoiceMatched', 'no choice applies');
  return next;
};

const holds = ({ And, Variable = '$', StringEquals, NumericEquals }: Condition, input: unknown): boolean =>
  And === undefined
    ? readPath(Variable, input) === (StringEquals ?? NumericEquals)
    : And.every((condition) => holds(condition, input));

const runTask = async (stateName: string, { state, data: raw }: Entered, runtime: LambdaRuntime): Promise<Result> => {
  const attempts = new Map<Retrier, number>();
  for (;;) {
    try {
      const parameters = resolveTemplate(state.Parameters, selectFrom(state.InputPath, raw));
      const { Payload } = parameters as { Payload: unknown }; // assertSupported found it
      const answer = asJson(await runtime.invoke(Payload, state.TimeoutSeconds));
      const result = { ExecutedVersion: '$LATEST', Payload: answer, StatusCode: 200 };
      const output = selectFrom(state.OutputPath, writePath(state.ResultPath, raw, result));
      return { output, next: state.Next };
    } catch (error) {
      if (error instanceof StateMachineError) throw error;
      const name = error instanceof Error ? error.name : 'Error';
      const retrier = state.Retry?.find(({ ErrorEquals }) => covers(ErrorEquals, name));
      const attempt = retrier === undefined ? 0 : (attempts.get(retrier) ?? 0);
      if (retrier !== undefined && attempt < (retrier.MaxAttempts ?? 3)) {
        attempts.set(retrier, attempt + 1);
        runtime.enter?.(stateName);
        await runtime.wait(delaySeconds(retrier, attempt));
        continue;
      }
      const catcher = state.Catch?.find(({ ErrorEquals }) => covers(ErrorEquals, name));
      if (catcher === undefined) throw error;
      const Cause = JSON.stringify({ errorType: name, errorMessage: error instanceof Error ? error.message : '' });
      return { output: writePath(catcher.ResultPath, raw, { Error: name, Cause }), next: catcher.Next };
    }
  }
};

const delaySeconds = ({ IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity }: Retrier, attempt: number) =>
  Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);

const covers = (names: readonly string[], name: string) => names.includes('States.ALL') || names.includes(name);

/** Step Functions hands on JSON: a member without a value is dropped, a date becomes text. */
const asJson = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

const assertSupported = (definition: Definition): void => {
  assertFields('the state machine', definition, definitionFields);
  for (const [name, state] of Object.entries(definition.States)) {
    const fields = fieldsOf[state.Type];
    if (fields === undefined) throw new Error(`state ${name} has the unsupported type ${state.Type}`);
    assertFields(`state ${name}`, state, fields);
    for (const retrier of state.Retry ?? []) assertHandler(`a retrier of ${name}`, retrier, retrierFields);
    for (const catcher of state.Catch ?? []) assertHandler(`a catcher of ${name}`, catcher, catcherFields);
    for (const rule of state.Choices ?? []) {
      assertFields(`a choice of ${name}`, rule, ruleFields);
      for (const part of rule.And ?? []) assertFields(`a part of a choice of ${name}`, part, comparisonFields);
    }
    if (state.Type === 'Task') assertLambda(name, state);
    const mayEnd = state.Type === 'Task' || state.Type === 'Wait';
    if (mayEnd && (state.Next === undefined) !== (state.End === true))
      throw new Error(`state ${name} needs either Next or End`);
  }
};

const assertFields = (what: string, value: object, known: readonly string[]): void => {
  const unknown = Object.keys(value).filter((field) => !known.includes(field));
  if (unknown.length > 0) throw new Error(`${what} has unsupported fields: ${unknown.join(', ')}`);
};

const assertHandler = (what: string, handler: Retrier | Catcher, known: readonly string[]): void => {
  assertFields(what, handler, known);
  const reserved = handler.ErrorEquals.filter((name) => name.startsWith('States.') && name !== 'States.ALL');
  if (reserved.length > 0) throw new Error(`${what} names unsupported errors: ${reserved.join(', ')}`);
};

const assertLambda = (name: string, { Resource, Parameters }: State): void => {
  if (Resource !== lambdaInvoke) throw new Error(`state ${name} has the unsupported resource ${Resource}`);
  const given = typeof Parameters === 'object' && Parameters !== null ? Object.keys(Parameters) : [];
  if (!given.includes('FunctionName') || !given.some((key) => key === 'Payload' || key === 'Payload.$'))
    throw new Error(`state ${name} needs the parameters FunctionName and Payload`);
  assertFields(`the parameters of ${name}`, Object(Parameters) as object, ['FunctionName', 'Payload', 'Payload.$']);
};
