import { DynamoDBClient, paginateQuery, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

import { clusterKey, eventPrefix, operationKey } from '#shared/aws/table/keys.ts';

import { output } from './queue-messages.ts';
import { aws, system } from './system.ts';

const table = new DynamoDBClient(aws);
const functions = new LambdaClient(aws);

/**
 * Moves all times in the records of a cluster and of its operations into the past. For Drey, its clock has then moved
 * forward. The clock itself belongs to the machine, and Flink, Kubernetes and the emulator use it, too.
 */
export const letTimePass = async (clusterId: string, hours: number): Promise<void> => {
  const ofCluster = await readPartition(clusterKey({ target: system.target, clusterId }).pk);
  const ids = new Set(ofCluster.map(({ value }) => value?.operationId).filter((id) => id !== undefined));
  const ofOperations = await Promise.all([...ids].map((id) => readPartition(operationKey(id).pk)));
  // An event that is written again would be published again.
  const items = [...ofCluster, ...ofOperations.flat()].filter(({ sk }) => !sk.startsWith(eventPrefix));
  const ms = hours * 3_600_000;
  for (const item of items)
    await table.send(new PutItemCommand({ TableName: output('TableName'), Item: marshall(moveBack(item, ms)) }));
};

interface Item {
  readonly sk: string;
  readonly value?: { readonly operationId?: string };
}

const readPartition = async (pk: string): Promise<readonly Item[]> => {
  const items: Item[] = [];
  const query = {
    TableName: output('TableName'),
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: marshall({ ':pk': pk }),
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client: table }, query))
    items.push(...Items.map((item) => unmarshall(item) as Item));
  return items;
};

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** A copy with earlier times: those in ISO 8601, and the seconds at which DynamoDB deletes an item. */
const moveBack = <T>(item: T, ms: number): T =>
  JSON.parse(JSON.stringify(item), (key, value: unknown) => {
    if (typeof value === 'string' && isoTime.test(value)) return new Date(Date.parse(value) - ms).toISOString();
    return key === 'ttl' && typeof value === 'number' ? value - ms / 1_000 : value;
  }) as T;

/** Runs what Drey does once an hour. @throws Error with the answer if the function fails */
export const runMaintenance = async (): Promise<void> => {
  for await (const { Functions = [] } of paginateListFunctions({ client: functions }, {}))
    for (const { FunctionName } of Functions) {
      if (FunctionName?.endsWith('-maintenance') !== true) continue;
      const { FunctionError, Payload } = await functions.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
      if (FunctionError !== undefined) throw new Error(Buffer.from(Payload ?? []).toString());
      return;
    }
  throw new Error('no function for the maintenance');
};
