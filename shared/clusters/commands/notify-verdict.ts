import pMap from 'p-map';

import { subjectOf } from '#events/names.ts';
import type { BusEvent } from '#events/records/transitions.ts';
import { recordBatchItems } from '#shared/clusters/commands/batch/finish.ts';
import type { VerdictRecord } from '#shared/clusters/model/records/outbox.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { retryOnConflict } from '#shared/clusters/store/transact.ts';

import { completeTask } from './complete-task.ts';

/**
 * The event about a verdict, when its command was given, and the token of the task that waits for it.
 *
 * @throws Fault `not-found` when the operation has no record.
 */
export const toFinishedEvent = async (record: VerdictRecord, { store }: Pick<Ports, 'store'>) => {
  const { value } = await getOperation(record.operationId, store);
  const { operationId, kind, target, clusterId, jobId, principal, correlationId, batchId, batchIndex } = value;
  const { warnings, problem } = value;
  const { verdict, message, at } = record;
  const detail = { operationId, kind, target, clusterId, jobId, principal, correlationId, batchId, batchIndex };
  const busEvent = {
    type: 'Flink Command Finished',
    subject: kind === 'batch' ? `targets/${target}` : subjectOf(value),
    detail: { ...detail, warnings, verdict, message, problem, at },
  } as const satisfies BusEvent;
  return { busEvent, createdAt: value.createdAt, taskToken: value.taskToken };
};

const maxSendsAtOnce = 16;

type FinishedEvent = Awaited<ReturnType<typeof toFinishedEvent>>;

/**
 * Requests an admission pass for each target, because capacity may have become free or a dependency is met. Then records
 * the verdicts in the batches that wait for them, and completes the Step Functions tasks.
 */
export const notifyVerdicts = async (finishedEvents: readonly FinishedEvent[], ports: Ports): Promise<void> => {
  const targets = new Set(finishedEvents.map(({ busEvent: { detail } }) => detail.target));
  await pMap(targets, (target) => ports.admissionQueue.send(target), { concurrency: maxSendsAtOnce });
  await recordBatchItems(
    finishedEvents.flatMap(({ busEvent: { detail } }) => {
      const { batchId, batchIndex, clusterId, operationId, verdict, message } = detail;
      return batchId === undefined || batchIndex === undefined
        ? []
        : [{ batchId, batchIndex, clusterId, operationId, verdict, message }];
    }),
    ports,
  );
  // Tasks come last: when Step Functions is not available, all of this is repeated.
  for (const event of finishedEvents) await completeTaskOf(event, ports);
};

/** Completes the task of an operation that may have had its verdict before the task was known. */
export const notifyLateVerdict = async (operationId: string, ports: Ports): Promise<void> => {
  const verdict = await ports.store.verdict(operationId);
  if (verdict === undefined) return;
  await completeTaskOf(await toFinishedEvent(verdict, ports), ports);
};

/** Completes the task of an operation, and removes its token from the record, which is kept without expiry. */
const completeTaskOf = async ({ taskToken, busEvent: { detail } }: FinishedEvent, ports: Ports): Promise<void> => {
  if (taskToken === undefined) return;
  await completeTask(taskToken, detail, ports);
  await retryOnConflict(ports, async () => {
    const { value, version: previous } = await getOperation(detail.operationId, ports.store);
    // A retry of the task may have brought another token in the meantime.
    if (value.taskToken !== taskToken) return;
    const { taskToken: _taskToken, ...rest } = value;
    await ports.store.commit({ operations: [{ value: rest, previous }] });
  });
};
