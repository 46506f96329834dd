import { readFileSync } from 'node:fs';

import type { Machine, Machines, Ports } from '#shared/clusters/ports.ts';
import * as cleanup from '#shared/clusters/cleanup.ts';
import * as lifecycle from '#shared/clusters/lifecycle.ts';
import * as submission from '#shared/clusters/submission.ts';

interface State {
  readonly Type: 'Task' | 'Choice' | 'Wait' | 'Succeed';
  readonly Next?: string;
  readonly End?: boolean;
  readonly Seconds?: number;
  readonly Default?: string;
  readonly Choices?: readonly { readonly StringEquals: string; readonly Next: string }[];
  readonly Parameters?: { readonly Payload: { readonly step: string } };
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}
interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

type Carried = Readonly<Record<string, unknown>> & { readonly operationId: string };
type Step = (state: never, ports: Ports, signal: AbortSignal) => Promise<unknown>;
const steps: Readonly<Record<Machine, Readonly<Record<string, unknown>>>> = { lifecycle, submission, cleanup };

const definitionOf = (machine: Machine) =>
  JSON.parse(
    readFileSync(new URL(`../../infra/state-machines/${machine}.asl.json`, import.meta.url), 'utf8'),
  ) as Definition;

/** Runs the project's own state machines, in the part of their language that they use. Waits move the clock. */
export class FakeMachines implements Machines {
  readonly started: { readonly machine: Machine; readonly operationId: string }[] = [];
  private readonly pass: (seconds: number) => void;

  constructor(pass: (seconds: number) => void) {
    this.pass = pass;
  }

  async start(machine: Machine, operationId: string) {
    if (this.started.some((known) => known.machine === machine && known.operationId === operationId)) return;
    this.started.push({ machine, operationId });
  }

  /** Takes every execution that was started to its end, and those that it starts in turn. */
  async runAll(ports: Ports): Promise<void> {
    for (let next = this.started.shift(); next !== undefined; next = this.started.shift())
      await this.run(next.machine, next.operationId, ports);
  }

  async run(machine: Machine, operationId: string, ports: Ports): Promise<void> {
    const { StartAt, States } = definitionOf(machine);
    let carried: Carried = { operationId };
    let name: string | undefined = StartAt;
    while (name !== undefined) {
      const state: State | undefined = States[name];
      if (state === undefined) throw new Error(`${machine} has no state ${name}`);
      switch (state.Type) {
        case 'Succeed':
          return;
        case 'Wait':
          this.pass(state.Seconds ?? Number(carried['waitSeconds']));
          name = state.Next;
          break;
        case 'Choice':
          name = state.Choices?.find(({ StringEquals }) => StringEquals === carried['outcome'])?.Next ?? state.Default;
          break;
        case 'Task': {
          const outcome: { carried: Carried; next: string | undefined } = await this.task(
            machine,
            state,
            carried,
            ports,
          );
          carried = outcome.carried;
          name = outcome.next;
          break;
        }
      }
    }
  }

  private async task(
    machine: Machine,
    state: State,
    carried: Carried,
    ports: Ports,
  ): Promise<{ carried: Carried; next: string | undefined }> {
    const step = steps[machine][state.Parameters?.Payload.step ?? ''] as Step;
    const tries = new Map<object, number>();
    for (;;) {
      try {
        const result = await step(carried as never, ports, new AbortController().signal);
        return { carried: structuredClone(result) as Carried, next: state.Next };
      } catch (error) {
        const name = error instanceof Error ? error.name : 'Error';
        const retry = state.Retry?.find(({ ErrorEquals }) => covers(ErrorEquals, name));
        const tried = retry === undefined ? 0 : (tries.get(retry) ?? 0);
        if (retry !== undefined && tried < retry.MaxAttempts) {
          tries.set(retry, tried + 1);
          this.pass(5);
          continue;
        }
        const caught = state.Catch?.find(({ ErrorEquals }) => covers(ErrorEquals, name));
        if (caught === undefined) throw error;
        const Cause = JSON.stringify({ errorType: name, errorMessage: error instanceof Error ? error.message : '' });
        return { carried: { ...carried, error: { Error: name, Cause } }, next: caught.Next };
      }
    }
  }
}

const covers = (names: readonly string[], name: string) => names.includes('States.ALL') || names.includes(name);
