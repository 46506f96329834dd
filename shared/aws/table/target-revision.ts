import type { NamedTarget } from '#events/records/target.ts';

import type { TableContext, Write } from './context.ts';
import { type TableKey, targetKey, targetRevisionKey } from './keys.ts';

/**
 * How many items have the revision of a target. Every start of a cluster checks one of them in its transaction, and DynamoDB
 * refuses a transaction while another one has an item of it.
 */
const copies = 16;

export const listRevisionKeys = (name: string): readonly TableKey[] =>
  Array.from({ length: copies }, (_, copy) => targetRevisionKey(name, copy));

/**
 * Writes the revision of a target to all of its items, in the transaction that writes the target.
 *
 * @param revision Undefined: the target is removed.
 */
export const writeRevision = (
  name: string,
  revision: string | undefined,
  { table: TableName }: Pick<TableContext, 'table'>,
): readonly Write[] =>
  listRevisionKeys(name).map((key) =>
    revision === undefined
      ? { Delete: { TableName, Key: { ...key } } }
      : { Put: { TableName, Item: { ...key, revision } } },
  );

/**
 * Fails when the target was replaced or removed since it was read.
 *
 * @param operationId Selects the item that is checked. The last digits of operation IDs are random.
 */
export const checkRevision = (
  { name, revision }: NamedTarget,
  operationId: string,
  { table: TableName }: Pick<TableContext, 'table'>,
): Write => {
  const ExpressionAttributeNames = { '#revision': 'revision' };
  // A target without a revision was written by an earlier version of Drey.
  if (revision === undefined)
    return {
      ConditionCheck: {
        TableName,
        Key: { ...targetKey(name) },
        ConditionExpression: 'attribute_exists(pk) and attribute_not_exists(#revision)',
        ExpressionAttributeNames,
      },
    };
  return {
    ConditionCheck: {
      TableName,
      Key: { ...targetRevisionKey(name, selectCopy(operationId)) },
      ConditionExpression: '#revision = :revision',
      ExpressionAttributeNames,
      ExpressionAttributeValues: { ':revision': revision },
    },
  };
};

const selectCopy = (operationId: string): number => Number.parseInt(operationId.slice(-2), 16) % copies || 0;
