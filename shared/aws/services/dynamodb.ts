import { randomUUID } from 'node:crypto';

import { marshall, type marshallOptions, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';

import { sendJson } from './json.ts';
import type { Call, DynamoDbAction } from '#shared/aws/transport/operations.ts';

/** Without the second option `marshall` refuses an object with a member `constructor`, which may be the name of a label. */
export const marshalling: marshallOptions = { removeUndefinedValues: true, convertClassInstanceToMap: true };

type Values = Readonly<Record<string, NativeAttributeValue>>;
type Members = Readonly<Record<string, unknown>>;

const pack = (values: unknown): unknown => marshall(values as Values, marshalling);
const unpack = (values: unknown): unknown => unmarshall(values as Parameters<typeof unmarshall>[0]);

/** The members of requests and answers that have attribute values. */
const packed = ['Item', 'Key', 'ExpressionAttributeValues', 'ExclusiveStartKey'] as const;
const unpacked = ['Item', 'LastEvaluatedKey'] as const;

const mapMembers = (members: Members, names: readonly string[], map: (value: unknown) => unknown): Members => {
  const changed = names.filter((name) => members[name] !== undefined).map((name) => [name, map(members[name])]);
  return { ...members, ...Object.fromEntries(changed) };
};

/** The keys or items of each table of a batch. */
type Batch = Readonly<Record<string, unknown>>;

const mapTables = (batch: unknown, map: (ofTable: unknown) => unknown): Batch =>
  Object.fromEntries(Object.entries(batch as Batch).map(([table, ofTable]) => [table, map(ofTable)]));

const mapEach = (values: unknown, map: (value: unknown) => unknown): unknown => (values as readonly unknown[]).map(map);

/** The requests for the items of each table of a batch. */
const mapBatch = (requests: unknown, map: (key: unknown) => unknown): Batch =>
  mapTables(requests, (request) => mapMembers(request as Members, ['Keys'], (keys) => mapEach(keys, map)));

/** A request without its attribute values in JavaScript's types. Each item of a transaction is one request. */
const packRequest = (input: Members): Members => {
  const { TransactItems } = input;
  if (!Array.isArray(TransactItems))
    return mapMembers(mapMembers(input, packed, pack), ['RequestItems'], (requests) => mapBatch(requests, pack));
  const items = TransactItems.map((item: Readonly<Record<string, Members>>) =>
    Object.fromEntries(Object.entries(item).map(([kind, request]) => [kind, mapMembers(request, packed, pack)])),
  );
  // By its token DynamoDB knows a transaction again that is sent once more after it took effect.
  return { ClientRequestToken: randomUUID(), ...input, TransactItems: items };
};

const unpackItems = (items: unknown): unknown => mapEach(items, unpack);

const unpackAnswer = (answer: Members): Members => {
  const single = mapMembers(mapMembers(answer, unpacked, unpack), ['Items'], unpackItems);
  const batch = mapMembers(single, ['Responses'], (responses) => mapTables(responses, unpackItems));
  return mapMembers(batch, ['UnprocessedKeys'], (requests) => mapBatch(requests, unpack));
};

/** DynamoDB, with JavaScript's types in place of attribute values. */
export const callDynamoDb: Call<DynamoDbAction> = async (action, input, options) =>
  // The service answers what the operation says.
  unpackAnswer((await sendJson(action, packRequest({ ...input }), options)) as Members);
