import { type Tidings } from '#events/transitions.ts';
import { subjectOf } from '#events/names.ts';

import { noteElements } from './batch.ts';
import type { Ports, VerdictRecord } from './ports.ts';
import { operationOf } from './records.ts';

/** What is told of a verdict. */
export const finished = async (record: VerdictRecord, { store }: Pick<Ports, 'store'>) => {
  const { value } = await operationOf(record.operationId, store);
  const { operationId, kind, target, clusterId, jobId, correlationId, batchId, batchIndex, problem } = value;
  const { verdict, message, at } = record;
  const detail = { operationId, kind, target, clusterId, jobId, correlationId, batchId, batchIndex };
  const tidings = {
    type: 'Flink Command Finished',
    subject: kind === 'batch' ? `targets/${target}` : subjectOf(value),
    detail: { ...detail, verdict, message, problem, at },
  } as const satisfies Tidings;
  return { tidings, taskToken: value.taskToken };
};

type Finished = Awaited<ReturnType<typeof finished>>;

/** Answers those who wait for verdicts besides the bus: tasks of state machines, and batches. */
export const answerWaiters = async (all: readonly Finished[], ports: Ports): Promise<void> => {
  await noteElements(
    all.flatMap(({ tidings: { detail } }) => {
      const { batchId, batchIndex, clusterId, operationId, verdict, message } = detail;
      return batchId === undefined || batchIndex === undefined
        ? []
        : [{ batchId, batchIndex, clusterId, operationId, verdict, message }];
    }),
    ports,
  );
  // Last, as Step Functions may have none of it for a while: then all of this is done again.
  for (const one of all) await answerTask(one, ports);
};

const answerTask = async ({ tidings: { detail }, taskToken }: Finished, ports: Ports): Promise<void> => {
  if (taskToken === undefined) return;
  const isTaken = await ports.callbacks.answer(taskToken, detail);
  if (!isTaken) ports.log.warn('task cannot be answered', { operationId: detail.operationId });
};

/** Answers the task of an operation that may have been over before the task asked. */
export const answerLate = async (operationId: string, ports: Ports): Promise<void> => {
  const verdict = await ports.store.verdict(operationId);
  if (verdict !== undefined) await answerTask(await finished(verdict, ports), ports);
};
