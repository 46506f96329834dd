import type { WorkflowName } from '#events/commands/define.ts';
import type { Workflows } from '#shared/clusters/ports/workflows.ts';
import { execute } from '#test/fakes/state-machine.ts';
import { getStep } from '#test/fakes/workflows.ts';
import { Death, type Process } from '#test/faults/simulation.ts';

import { type ModelContext, noAnswers } from './context.ts';

/** Step Functions. */
export class ModelWorkflows {
  /** Executions that ended with an error. */
  readonly failed: string[] = [];
  /** How many seconds each end waited for its logs. */
  readonly logSeconds: number[] = [];
  /** How many states the executions entered, as Step Functions charges them. */
  transitions = 0;
  private readonly executions = new Map<string, 'running' | 'ended'>();
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  /** Whether no execution runs but those of these operations. */
  isQuietBut(operationIds: ReadonlySet<string>): boolean {
    return [...this.executions].every(
      ([name, state]) => state === 'ended' || operationIds.has(name.slice(name.indexOf(' ') + 1)),
    );
  }

  portOf(process: Process): Workflows {
    return {
      start: (workflow, { operationId }) =>
        this.context.simulation.call(process, {
          service: 'Step Functions',
          what: `start ${workflow} ${operationId.slice(-4)}`,
          apply: () => this.start(workflow, operationId),
          failures: noAnswers,
        }),
    };
  }

  private start(workflow: WorkflowName, operationId: string): boolean {
    const { simulation, random, portsOf, without } = this.context;
    const name = `${workflow} ${operationId}`;
    if (this.executions.has(name)) return false; // Step Functions keeps the name of an execution for 90 days.
    this.executions.set(name, 'running');
    let since: number | undefined;
    execute(workflow, operationId, {
      task: (step, state, timeoutSeconds) => {
        const invoked = simulation.invoke(
          `${workflow}.${step} ${operationId.slice(-4)}`,
          workflow === 'submission' ? 900 : 60,
          (process) => getStep(workflow, step)(state, portsOf(process)),
        );
        // The function goes on.
        return timeoutSeconds === undefined || without === 'time limit of logs'
          ? invoked
          : Promise.race([invoked, this.endTask(timeoutSeconds)]);
      },
      enter: (state) => {
        this.transitions += 1;
        if (since !== undefined) this.logSeconds.push(simulation.seconds - since);
        since = state === 'KeepLogs' ? simulation.seconds : undefined;
      },
      wait: (seconds) => simulation.wait(seconds * (0.3 + 0.7 * random())),
    })
      .catch((error: unknown) => this.failed.push(`${name}: ${String(error)}`))
      .finally(() => this.executions.set(name, 'ended'));
    return true;
  }

  private async endTask(timeoutSeconds: number): Promise<never> {
    await this.context.simulation.wait(timeoutSeconds);
    throw new Death('States.Timeout', `the task took more than ${timeoutSeconds} s`);
  }
}
