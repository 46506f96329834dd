import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';

import { Fault } from '#events/problems/problem.ts';
import { withFaults } from '#shared/aws/faults.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { openClusterReads } from './clusters.ts';
import type { TableContext } from './context.ts';
import { openOperationReads } from './operations.ts';
import { openQueue } from './queue.ts';
import { openReader } from './reader.ts';
import { openScheduleReads } from './schedules.ts';
import { toWrites } from './writes.ts';

/** The store of clusters, operations, queues and schedules. */
export const openStore = (context: TableContext): Store => {
  const reader = openReader(context);
  return withFaults<Store>({
    ...openClusterReads(reader),
    ...openOperationReads(reader, context.now),
    ...openQueue(reader, context),
    ...openScheduleReads(reader),
    commit: (change) => commit(change, context),
  });
};

const commit = async (change: Change, context: TableContext): Promise<void> => {
  const items = [...toWrites(change, context)];
  if (items.length === 0) return;
  try {
    await context.db.send(new TransactWriteCommand({ TransactItems: items }));
  } catch (error) {
    throw isConflict(error)
      ? new Fault('conflict', 'A concurrent command changed the record. Retry the command.', { cause: error })
      : error;
  }
};

const isConflict = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(
    ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict',
  );
