import type { Ports } from '#shared/clusters/ports/ports.ts';

type TaskResult = Parameters<Ports['callbacks']['complete']>[1];

/** Completes the Step Functions task that waits for a command, if there is one. A task that has ended is only logged. */
export const completeTask = async (
  taskToken: string | undefined,
  result: TaskResult,
  { callbacks, log }: Pick<Ports, 'callbacks' | 'log'>,
): Promise<void> => {
  if (taskToken === undefined) return;
  const isCompleted = await callbacks.complete(taskToken, result);
  if (isCompleted) return;
  const id = 'operationId' in result ? { operationId: result.operationId } : { messageId: result.id };
  log.warn('task cannot be completed', id);
};
