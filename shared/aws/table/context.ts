import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

import { Fault } from '#events/problems/problem.ts';

import { awsRetries } from '#shared/retries.ts';

/** What the adapters of the table share. */
export interface TableContext {
  readonly table: string;
  readonly db: Pick<DynamoDBDocumentClient, 'send'>;
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
    await db.send(new TransactWriteCommand({ TransactItems: [...items] }));
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
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).flatMap(({ Code = '' }) =>
        Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict' ? [Code] : [],
      )
    : [];

/** Without the second option the SDK refuses an object with a member `constructor`, which may be the name of a label. */
export const marshallOptions = { removeUndefinedValues: true, convertClassInstanceToMap: true } as const;

export const openDocumentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(awsRetries), { marshallOptions });
