import type { Store } from '#shared/clusters/ports/store.ts';
import type { Targets } from '#shared/clusters/ports/targets.ts';

import { callDynamoDb } from '#shared/aws/services/dynamodb.ts';

import type { TableContext } from './context.ts';
import { openStore } from './store.ts';
import { openTargets, type TargetCache } from './targets.ts';

type TableOptions = Omit<TableContext, 'db'> & Partial<Pick<TableContext, 'db'>>;

/** The store and the targets in one DynamoDB table. */
export const openTable = ({
  db = callDynamoDb,
  ...options
}: TableOptions): { readonly store: Store; readonly targets: Targets } => {
  const context = { ...options, db };
  const cache: TargetCache = new Map();
  return {
    store: openStore(context, (name) => cache.delete(name)),
    targets: openTargets(context, cache),
  };
};
