import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

import { Fault } from '#events/problems/problem.ts';
import type { Call, DynamoDbAction } from '#shared/aws/transport/operations.ts';

/** What the adapters of the table share. */
export interface TableContext {
  readonly table: string;
  readonly db: Call<DynamoDbAction>;
  readonly now: () => Date;
  /** The AWS account of the stage. */
  readonly account: string;
}

/** An item of a transaction. */
export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Writes all items or none. @throws Fault `conflict` when a condition does not hold, or another transaction was first. */
export const writeTransaction = async (items: readonly Write[], { db }: Pick<TableContext, 'db'>): Promise<void> => {
  if (items.length === 0) return;
  try {
    await db('dynamodb:TransactWriteItems', { TransactItems: [...items] });
  } catch (error) {
    const codes = findConflicts(error);
    if (codes.length === 0) throw error;
    // Without a condition that failed, the same transaction may succeed in a moment.
    const reason = codes.includes('ConditionalCheckFailed') ? undefined : 'TransactionConflict';
    throw new Fault('conflict', 'A concurrent command changed the record. Retry the command.', {
      cause: error,
      reason,
    });
  }
};

const findConflicts = (error: unknown): readonly string[] =>
  listCancellations(error)?.flatMap((code = '') =>
    code === 'ConditionalCheckFailed' || code === 'TransactionConflict' ? [code] : [],
  ) ?? [];

/** Why DynamoDB has canceled a transaction: a code for each of its items. Undefined for another error. */
export const listCancellations = (error: unknown): readonly (string | undefined)[] | undefined => {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return undefined;
  const reasons: unknown = 'CancellationReasons' in error ? error.CancellationReasons : [];
  // The reasons of the service.
  return ((reasons ?? []) as readonly { readonly Code?: string }[]).map(({ Code }) => Code);
};
