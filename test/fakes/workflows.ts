import type { WorkflowName } from '#events/commands/define.ts';
import type { Operation } from '#events/records/operation.ts';
import { cleanupSteps } from '#functions/cleanup.ts';
import { rolloutSteps } from '#functions/rollout.ts';
import { rescalingSteps } from '#functions/rescaling.ts';
import { snapshotSteps } from '#functions/snapshot.ts';
import { startupSteps } from '#functions/startup.ts';
import { submissionSteps } from '#functions/submission.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Workflows } from '#shared/clusters/ports/workflows.ts';

import { type Carried, execute } from './state-machine.ts';

type Step = (state: Carried, ports: Ports) => Promise<unknown>;
const steps: Readonly<Record<WorkflowName, Readonly<Record<string, unknown>>>> = {
  startup: startupSteps,
  submission: submissionSteps,
  cleanup: cleanupSteps,
  snapshot: snapshotSteps,
  rollout: rolloutSteps,
  rescaling: rescalingSteps,
};

/** The function of a step, as the Lambda function of the workflow calls it. */
export const getStep = (workflow: WorkflowName, step: string): Step => steps[workflow][step] as Step; // The state machine names it.

interface Execution {
  readonly workflow: WorkflowName;
  readonly operationId: string;
}

/** Ends the run of a rollout that waits for another one. */
class Parked extends Error {}

/** Executions wait until a test runs them. Their waits advance the clock. */
export class FakeWorkflows implements Workflows {
  readonly started: Execution[] = [];
  /** The rollouts that wait for another one. They run again from their start when a rollout has ended. */
  private readonly parked: Execution[] = [];
  /** What happens whenever a rollout waits, besides the executions of its commands. */
  beforeWait: () => Promise<void> = async () => {};
  private readonly passTime: (seconds: number) => void;

  constructor(passTime: (seconds: number) => void) {
    this.passTime = passTime;
  }

  async start(workflow: WorkflowName, { operationId }: Pick<Operation, 'operationId'>) {
    if (this.started.some((known) => known.workflow === workflow && known.operationId === operationId)) return false;
    this.started.push({ workflow, operationId });
    return true;
  }

  /** Runs every started execution to its end, and every execution that these start. */
  async runAll(ports: Ports): Promise<void> {
    for (let next = this.started.shift(); next !== undefined; next = this.started.shift()) {
      const hasRun = await this.runUntilParked(next, ports);
      if (hasRun && next.workflow === 'rollout') this.started.push(...this.parked.splice(0));
    }
  }

  private async runUntilParked(execution: Execution, ports: Ports): Promise<boolean> {
    try {
      await this.run(execution.workflow, execution.operationId, ports);
      return true;
    } catch (error) {
      if (!(error instanceof Parked)) throw error;
      this.parked.push(execution);
      return false;
    }
  }

  run(workflow: WorkflowName, operationId: string, ports: Ports): Promise<void> {
    if (workflow === 'rollout') return this.runRollout(operationId, ports);
    return execute(workflow, operationId, {
      task: (step, state) => getStep(workflow, step)(state, ports),
      wait: this.passTime,
    });
  }

  /** A rollout waits for the executions of its own commands, which run in the meantime. */
  private runRollout(operationId: string, ports: Ports): Promise<void> {
    const waiting: Ports = {
      ...ports,
      sleep: async (ms) => {
        await this.runAll(ports);
        await ports.sleep(ms);
      },
    };
    let isChecking = true;
    return execute('rollout', operationId, {
      task: (step, state) => {
        isChecking = step === 'check';
        return getStep('rollout', step)(state, waiting);
      },
      wait: async (seconds) => {
        if (isChecking) throw new Parked();
        await this.beforeWait();
        await this.runAll(ports);
        this.passTime(seconds);
      },
    });
  }
}
