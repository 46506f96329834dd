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
  for (const { tidings, taskToken } of all) {
    if (taskToken === undefined) continue;
    const { operationId } = tidings.detail;
    const isTaken = await ports.callbacks.answer(taskToken, tidings.detail);
    if (!isTaken) ports.log.warn('task does not wait any more', { operationId });
  }
  await noteElements(
    all.flatMap(({ tidings: { detail } }) => {
      const { batchId, batchIndex, clusterId, operationId, verdict, message } = detail;
      return batchId === undefined || batchIndex === undefined
        ? []
        : [{ batchId, batchIndex, clusterId, operationId, verdict, message }];
    }),
    ports,
  );
};
