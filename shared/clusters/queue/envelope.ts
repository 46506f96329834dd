import { toOwnKey } from '#events/idempotency-key.ts';
import { findKey, type MessageEnvelope, type OwnFields, parseEnvelope } from '#events/message.ts';
import { maskText } from '#events/secrets.ts';
import type { Rejection } from '#events/records/transitions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedMessage } from '#shared/clusters/ports/messaging.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/** The fields by which rejections and dead letters identify a message. */
export const describeMessage = ({
  id: commandId,
  subject,
  type,
  correlationId,
}: MessageEnvelope): Pick<Rejection, 'commandId' | 'subject' | 'type' | 'correlationId'> =>
  Object.fromEntries(
    Object.entries({ commandId, subject, type, correlationId }).flatMap(([member, text]) =>
      text === undefined ? [] : [[member, maskText(text)]],
    ),
  );

/** A message that was received: its body, and what Drey has proved to say about it. */
export interface ReceivedMessage {
  readonly envelope: MessageEnvelope;
  readonly own?: OwnFields | undefined;
}

/** The target, the cluster and the idempotency key that a message names. */
export const identifyMessage = ({ envelope, own }: ReceivedMessage) => {
  const [, target = '', , clusterId = ''] = (envelope.subject ?? '').split('/');
  return { target, clusterId, key: findOwnKey(own) ?? findKey(envelope) };
};

/** The idempotency key of a message that Drey sends itself, which is no key of a caller. */
const findOwnKey = ({ redriven, batchItem }: Partial<OwnFields> = {}): string | undefined => {
  if (redriven !== undefined) return toOwnKey('redriven', redriven);
  return batchItem === undefined ? undefined : toOwnKey('batch', batchItem.batchId, batchItem.batchIndex);
};

/**
 * The message with the fields of the attribute `own`, if they have the token of their operation and name the target of the
 * message. Otherwise another sender has set them, and they count as absent.
 */
export const receiveMessage = async (
  { body, own }: Pick<QueuedMessage, 'body' | 'own'>,
  store: Store,
): Promise<ReceivedMessage> => {
  const envelope = parseEnvelope(body);
  return own !== undefined && (await isProved({ envelope, own }, store)) ? { envelope, own } : { envelope };
};

const isProved = async (
  { envelope, own }: Required<ReceivedMessage> & { readonly own: OwnFields },
  store: Store,
): Promise<boolean> => {
  const { operationId, batchItem, redriven } = own;
  const { target } = identifyMessage({ envelope });
  const id = operationId ?? batchItem?.batchId ?? redriven;
  const operation = id === undefined ? undefined : (await store.operation(id))?.value;
  if (operation?.target !== target || operation.messageToken !== own.token) return false;
  return (
    batchItem === undefined || redriven === undefined || isItemOf(batchItem, (await store.operation(redriven))?.value)
  );
};

const isItemOf = ({ batchId, batchIndex }: NonNullable<OwnFields['batchItem']>, failed: StoredOperation | undefined) =>
  failed?.batchId === batchId && failed.batchIndex === batchIndex;

/** The operation that a message has created or resumes. */
export const findMessageOperation = async (
  message: ReceivedMessage,
  store: Store,
): Promise<StoredOperation | undefined> => {
  const { target, key } = identifyMessage(message);
  const known = key === undefined ? undefined : await store.idempotency(target, key);
  const operationId = message.own?.operationId ?? known?.operationId;
  return operationId === undefined ? undefined : (await store.operation(operationId))?.value;
};
