import { readFileSync } from 'node:fs';

import type { WorkflowName } from '#shared/clusters/ports/workflows.ts';

interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}
interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Succeed';
  readonly Next?: string;
  readonly Seconds?: number;
  readonly Default?: string;
  readonly Choices?: readonly { readonly StringEquals: string; readonly Next: string }[];
  readonly Parameters?: { readonly Payload: { readonly step: string } };
  readonly Retry?: readonly Retry[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}
interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** What goes from state to state. */
export type Carried = Readonly<Record<string, unknown>> & { readonly operationId: string };

export interface Runtime {
  /** Calls the function of a step; what it throws has a name. */
  readonly task: (step: string, carried: Carried) => Promise<unknown>;
  readonly wait: (seconds: number) => void | Promise<void>;
}

const definitionOf = (machine: WorkflowName) =>
  JSON.parse(
    readFileSync(new URL(`../../infra/state-machines/${machine}.asl.json`, import.meta.url), 'utf8'),
  ) as Definition;
const definitions: Readonly<Record<WorkflowName, Definition>> = {
  startup: definitionOf('startup'),
  submission: definitionOf('submission'),
  cleanup: definitionOf('cleanup'),
  snapshot: definitionOf('snapshot'),
};

/**
 * Runs one of the project's own state machines, in the part of their language that they use.
 *
 * @throws what its last task threw, when no Catch took it.
 */
export const execute = async (machine: WorkflowName, operationId: string, runtime: Runtime): Promise<void> => {
  const { StartAt, States } = definitions[machine];
  let carried: Carried = { operationId };
  let name: string | undefined = StartAt;
  while (name !== undefined) {
    const state: State | undefined = States[name];
    if (state === undefined) throw new Error(`${machine} has no state ${name}`);
    switch (state.Type) {
      case 'Succeed':
        return;
      case 'Wait':
        await runtime.wait(state.Seconds ?? Number(carried['waitSeconds']));
        name = state.Next;
        break;
      case 'Choice':
        name = state.Choices?.find(({ StringEquals }) => StringEquals === carried['outcome'])?.Next ?? state.Default;
        break;
      case 'Task': {
        const outcome: { carried: Carried; next: string | undefined } = await task(state, carried, runtime);
        carried = outcome.carried;
        name = outcome.next;
        break;
      }
    }
  }
};

const task = async (
  state: State,
  carried: Carried,
  runtime: Runtime,
): Promise<{ carried: Carried; next: string | undefined }> => {
  const tries = new Map<object, number>();
  for (;;) {
    try {
      const result = await runtime.task(state.Parameters?.Payload.step ?? '', carried);
      return { carried: structuredClone(result) as Carried, next: state.Next };
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const retry = state.Retry?.find(({ ErrorEquals }) => covers(ErrorEquals, name));
      const tried = retry === undefined ? 0 : (tries.get(retry) ?? 0);
      if (retry !== undefined && tried < retry.MaxAttempts) {
        tries.set(retry, tried + 1);
        const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } = retry;
        await runtime.wait(Math.min(IntervalSeconds * BackoffRate ** tried, MaxDelaySeconds));
        continue;
      }
      const caught = state.Catch?.find(({ ErrorEquals }) => covers(ErrorEquals, name));
      if (caught === undefined) throw error;
      const Cause = JSON.stringify({ errorType: name, errorMessage: error instanceof Error ? error.message : '' });
      return { carried: { ...carried, error: { Error: name, Cause } }, next: caught.Next };
    }
  }
};

const covers = (names: readonly string[], name: string) => names.includes('States.ALL') || names.includes(name);
