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

/** A request without its attribute values in JavaScript's types. Each item of a transaction is one request. */
const packRequest = (input: Members): Members => {
  const { TransactItems } = input;
  if (!Array.isArray(TransactItems)) return mapMembers(input, packed, pack);
  const items = TransactItems.map((item: Readonly<Record<string, Members>>) =>
    Object.fromEntries(Object.entries(item).map(([kind, request]) => [kind, mapMembers(request, packed, pack)])),
  );
  // By its token DynamoDB knows a transaction again that is sent once more after it took effect.
  return { ClientRequestToken: randomUUID(), ...input, TransactItems: items };
};

const unpackAnswer = (answer: Members): Members => {
  const { Items } = answer;
  return { ...mapMembers(answer, unpacked, unpack), ...(Array.isArray(Items) ? { Items: Items.map(unpack) } : {}) };
};

/** DynamoDB, with JavaScript's types in place of attribute values. */
export const callDynamoDb: Call<DynamoDbAction> = async (action, input, options) =>
  // The service answers what the operation says.
  unpackAnswer((await sendJson(action, packRequest({ ...input }), options)) as Members);
