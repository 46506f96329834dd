import { subjectOf } from '#events/names.ts';
import type { BusEvent } from '#events/transitions.ts';
import { recordBatchItems } from '#shared/clusters/commands/batch/finish.ts';
import type { VerdictRecord } from '#shared/clusters/model/outbox.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

/** What is told of a verdict. */
export const toFinishedEvent = async (record: VerdictRecord, { store }: Pick<Ports, 'store'>) => {
  const { value } = await getOperation(record.operationId, store);
  const { operationId, kind, target, clusterId, jobId, correlationId, batchId, batchIndex, problem } = value;
  const { verdict, message, at } = record;
  const detail = { operationId, kind, target, clusterId, jobId, correlationId, batchId, batchIndex };
  const busEvent = {
    type: 'Flink Command Finished',
    subject: kind === 'batch' ? `targets/${target}` : subjectOf(value),
    detail: { ...detail, verdict, message, problem, at },
  } as const satisfies BusEvent;
  return { busEvent, taskToken: value.taskToken };
};

type Finished = Awaited<ReturnType<typeof toFinishedEvent>>;

/** Answers those who wait for verdicts besides the bus: tasks of state machines, and batches. */
export const notifyVerdicts = async (all: readonly Finished[], ports: Ports): Promise<void> => {
  await recordBatchItems(
    all.flatMap(({ busEvent: { detail } }) => {
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

const answerTask = async ({ busEvent: { detail }, taskToken }: Finished, ports: Ports): Promise<void> => {
  if (taskToken === undefined) return;
  const isTaken = await ports.callbacks.complete(taskToken, detail);
  if (!isTaken) ports.log.warn('task cannot be answered', { operationId: detail.operationId });
};

/** Answers the task of an operation that may have been over before the task asked. */
export const notifyLateVerdict = async (operationId: string, ports: Ports): Promise<void> => {
  const verdict = await ports.store.verdict(operationId);
  if (verdict !== undefined) await answerTask(await toFinishedEvent(verdict, ports), ports);
};
