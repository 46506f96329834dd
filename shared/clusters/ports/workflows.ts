export type WorkflowName = 'startup' | 'submission' | 'cleanup' | 'snapshot';

export interface Workflows {
  /** Starts an execution named after the operation; one that runs already or ran with the same name is the same one. */
  start(machine: WorkflowName, operationId: string): Promise<void>;
}
