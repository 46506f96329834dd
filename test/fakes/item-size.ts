import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

import { marshalling } from '#shared/aws/services/dynamodb.ts';

/** DynamoDB refuses larger items. */
export const maxItemBytes = 409_600;

/** @throws Error as DynamoDB for an item that is too large. */
export const assertItemSize = (item: unknown): void => {
  // Counting takes longer than the length of the text, of which each character takes at most four bytes.
  if (item === undefined || JSON.stringify(item).length <= maxItemBytes / 4) return;
  if (countBytes(item) > maxItemBytes)
    throw Object.assign(new Error('Item size has exceeded the maximum allowed size'), { name: 'ValidationException' });
};

/** The size of an item, as the documentation of DynamoDB counts it. */
export const countBytes = (item: unknown): number => countAttribute({ M: marshall(item, marshalling) });

const countAttribute = (value: AttributeValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replaceAll(/[-.]/g, '').length / 2) + 2;
  if (value.L !== undefined) return 3 + sum(value.L.map((one) => 1 + countAttribute(one)));
  if (value.M !== undefined)
    return 3 + sum(Object.entries(value.M).map(([name, one]) => 1 + Buffer.byteLength(name) + countAttribute(one)));
  return 1; // Boolean or null.
};

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
