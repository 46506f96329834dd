import * as z from 'zod';

import type { Rejection } from '#events/transitions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const Key = lenient(z.string().min(1).max(200));
/** Longer texts are not repeated in events. */
const ShortText = lenient(z.string().max(300));

const Envelope = z.object({
  id: lenient(z.string()),
  idempotencykey: Key,
  type: ShortText,
  subject: lenient(z.string()),
  operationid: lenient(z.string()),
  batchid: lenient(z.string()),
  batchindex: lenient(z.number()),
  data: lenient(z.object({ taskToken: lenient(z.string().min(1)), correlationId: ShortText })),
});

/** The parts of a message that are readable even when the message is not a valid command. */
export interface MessageEnvelope {
  /** Target and cluster id of the subject. They are not validated. */
  readonly target: string | undefined;
  readonly clusterId: string | undefined;
  /** The idempotency key of the command: `idempotencykey`, or else the id of the message. */
  readonly key: string | undefined;
  /** In Drey's own message that resumes a deploy. */
  readonly operationId: string | undefined;
  readonly batchItem: { readonly batchId: string; readonly batchIndex: number } | undefined;
  readonly taskToken: string | undefined;
  /** What the events and lists about the message repeat. */
  readonly summary: MessageSummary;
}

type MessageSummary = Pick<Rejection, 'commandId' | 'subject' | 'type' | 'correlationId'>;

/** Reads the envelope of a message. Never throws: what is missing or invalid is undefined. */
export const parseEnvelope = (body: string): MessageEnvelope => {
  const { id, idempotencykey, type, subject, operationid, batchid, batchindex, data } = Envelope.parse(toObject(body));
  const [, target, , clusterId] = (subject ?? '').split('/');
  const fields = {
    commandId: ShortText.parse(id),
    subject: ShortText.parse(subject),
    type,
    correlationId: data?.correlationId,
  };
  return {
    target,
    clusterId,
    key: idempotencykey ?? Key.parse(id),
    operationId: operationid,
    batchItem:
      batchid === undefined || batchindex === undefined ? undefined : { batchId: batchid, batchIndex: batchindex },
    taskToken: data?.taskToken,
    summary: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  };
};

const toObject = (body: string): object => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {}; // The message is not JSON, so it has no envelope.
  }
};

/** The operation that a message has led to; undefined when there is none. */
export const findMessageOperation = async (
  { target = '', key, operationId }: Pick<MessageEnvelope, 'target' | 'key' | 'operationId'>,
  store: Store,
): Promise<StoredOperation | undefined> => {
  const known = key === undefined ? undefined : await store.idempotency(target, key);
  const id = operationId ?? known?.operationId;
  return id === undefined ? undefined : (await store.operation(id))?.value;
};
