import { withFaults } from '#shared/aws/faults.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { openClusterReads } from './clusters.ts';
import { type TableContext, writeTransaction } from './context.ts';
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
    commit: (change) => writeTransaction(toWrites(change, context), context),
  });
};
