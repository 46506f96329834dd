import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

import { marshallOptions } from '#shared/aws/table/context.ts';
import { openTable } from '#shared/aws/table/table.ts';
import { storeContract } from '#test/contracts/store.ts';

import { aws, system } from '../support/system.ts';

const table = system.outputs['TableName'];
if (table === undefined) throw new Error('the stack has no output TableName');
const db = DynamoDBDocumentClient.from(new DynamoDBClient(aws), { marshallOptions });

storeContract('DynamoDB', (now) => {
  const open = () => openTable({ table, db, now });
  return { ...open(), others: open() };
});
