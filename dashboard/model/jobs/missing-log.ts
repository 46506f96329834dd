import { toApiError } from '../../api/client/problem.ts';
import type { Cluster, Operation } from '../../api/types.ts';

/** What a reader is told in place of a log, or of other facts of the JobManager. */
interface Missing {
  readonly title: string;
  readonly text: string;
}

interface Reading {
  readonly cluster: Pick<Cluster, 'state'>;
  /** The deploy of the incarnation. Absent: it is not known, or the reader looks at another incarnation. */
  readonly operation?: Pick<Operation, 'state' | 'phases'> | undefined;
  /** Only the container before the last restart is wanted. */
  readonly isPrevious?: boolean;
}

/** Problems that say that there is nothing to read. */
const expected: ReadonlySet<string> = new Set(['not-found', 'wrong-state', 'not-ready']);

/** Why there is nothing to read, which is no failure. Undefined: the call failed. */
export const describeMissing = (
  error: Error | null,
  { cluster: { state }, operation, isPrevious = false }: Reading,
): Missing | undefined => {
  if (error === null) return undefined;
  const { code = '', detail } = toApiError(error).details;
  if (!expected.has(code)) return undefined;
  if (state === 'QUEUED') return { title: 'No logs yet', text: 'The cluster waits in the queue.' };
  if (state === 'REQUESTED' || state === 'DEPLOYING')
    return { title: 'No logs yet', text: 'The JobManager has not started.' };
  if (hasNeverStarted(operation))
    return { title: 'No log was kept', text: 'The JobManager never started. The events say why.' };
  if (isPrevious && code === 'not-found')
    return { title: 'No earlier container', text: 'The container has not restarted.' };
  return { title: 'Nothing to show', text: detail };
};

const hasNeverStarted = (operation: Reading['operation']): boolean =>
  operation?.state === 'FAILED' &&
  (operation.phases ?? []).every(({ name }) => name !== 'Started' && name !== 'RestUp');
