import type { WorkflowName } from '#events/commands/define.ts';
import type { Operation } from '#events/records/operation.ts';

export interface Workflows {
  /**
   * Starts the execution of an operation. An execution of the same operation, running or ended, is not started again.
   *
   * @returns Whether there was none.
   */
  start(workflow: WorkflowName, operation: Pick<Operation, 'operationId' | 'principal'>): Promise<boolean>;
}
