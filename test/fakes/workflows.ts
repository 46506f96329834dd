import type { WorkflowName, Workflows } from '#shared/clusters/ports/workflows.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import * as cleanup from '#shared/clusters/workflows/cleanup.ts';
import * as startup from '#shared/clusters/workflows/startup.ts';
import * as snapshot from '#shared/clusters/workflows/snapshot.ts';
import * as submission from '#shared/clusters/workflows/submission.ts';

import { type Carried, execute } from './state-machine.ts';

type Step = (state: Carried, ports: Ports, signal: AbortSignal) => Promise<unknown>;
const steps: Readonly<Record<WorkflowName, Readonly<Record<string, unknown>>>> = {
  startup,
  submission,
  cleanup,
  snapshot,
};

/** The function of a machine's step, as its Lambda function calls it. */
export const stepOf = (machine: WorkflowName, step: string): Step => steps[machine][step] as Step; // its name is in the machine

/** Executions wait until a test runs them. Waits move the clock. */
export class FakeMachines implements Workflows {
  readonly started: { readonly machine: WorkflowName; readonly operationId: string }[] = [];
  private readonly pass: (seconds: number) => void;

  constructor(pass: (seconds: number) => void) {
    this.pass = pass;
  }

  async start(machine: WorkflowName, operationId: string) {
    if (this.started.some((known) => known.machine === machine && known.operationId === operationId)) return;
    this.started.push({ machine, operationId });
  }

  /** Takes every execution that was started to its end, and those that it starts in turn. */
  async runAll(ports: Ports): Promise<void> {
    for (let next = this.started.shift(); next !== undefined; next = this.started.shift())
      await this.run(next.machine, next.operationId, ports);
  }

  run(machine: WorkflowName, operationId: string, ports: Ports): Promise<void> {
    return execute(machine, operationId, {
      task: (step, carried) => stepOf(machine, step)(carried, ports, new AbortController().signal),
      wait: this.pass,
    });
  }
}
