import { cleanupSteps } from '#functions/cleanup.ts';
import { snapshotSteps } from '#functions/snapshot.ts';
import { startupSteps } from '#functions/startup.ts';
import { submissionSteps } from '#functions/submission.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { WorkflowName, Workflows } from '#shared/clusters/ports/workflows.ts';

import { type Carried, execute } from './state-machine.ts';

type Step = (state: Carried, ports: Ports) => Promise<unknown>;
const steps: Readonly<Record<WorkflowName, Readonly<Record<string, unknown>>>> = {
  startup: startupSteps,
  submission: submissionSteps,
  cleanup: cleanupSteps,
  snapshot: snapshotSteps,
};

/** The function of a machine's step, as its Lambda function calls it. */
export const getStep = (machine: WorkflowName, step: string): Step => steps[machine][step] as Step; // its name is in the machine

/** Executions wait until a test runs them. Waits move the clock. */
export class FakeWorkflows implements Workflows {
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
      task: (step, carried) => getStep(machine, step)(carried, ports),
      wait: this.pass,
    });
  }
}
