import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

import { awsRetries } from '#shared/retries.ts';

/** What the adapters of the table share. */
export interface TableContext {
  readonly table: string;
  readonly db: Pick<DynamoDBDocumentClient, 'send'>;
  readonly now: () => Date;
}

/** Without the second option the SDK refuses an object with a member `constructor`, which may be the name of a label. */
export const marshallOptions = { removeUndefinedValues: true, convertClassInstanceToMap: true } as const;

export const openDocumentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(awsRetries), { marshallOptions });
