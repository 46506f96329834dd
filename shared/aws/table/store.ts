import { withFaults } from '#shared/aws/faults.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { openClusterReads } from './clusters.ts';
import { type TableContext, writeTransaction } from './context.ts';
import { openOperationReads } from './operations.ts';
import { openQueue } from './queue.ts';
import { openReader } from './reader.ts';
import { openScheduleReads } from './schedules.ts';
import { toWrites } from './writes.ts';

/**
 * The store of clusters, operations, queues and schedules.
 *
 * @param forgetTarget Makes the next read of a target ask the table.
 */
export const openStore = (context: TableContext, forgetTarget: (name: string) => void): Store => {
  const reader = openReader(context);
  return withFaults<Store>({
    ...openClusterReads(reader, context.now),
    ...openOperationReads(reader, context.now),
    ...openQueue(reader, context),
    ...openScheduleReads(reader),
    async commit(change) {
      try {
        await writeTransaction(toWrites(change, context), context);
      } catch (error) {
        // The target may have changed. The next attempt reads it again.
        if (change.unchangedTarget !== undefined) forgetTarget(change.unchangedTarget.name);
        throw error;
      }
    },
  });
};
