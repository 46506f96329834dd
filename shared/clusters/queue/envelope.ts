import * as z from 'zod';

import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const MessageEnvelope = z.object({
  id: lenient(z.string().min(1).max(200)),
  idempotencykey: lenient(z.string().min(1).max(200)),
  subject: z.string().catch(''),
  operationid: lenient(z.string()),
  batchid: lenient(z.string()),
  batchindex: lenient(z.number()),
  data: lenient(z.object({ taskToken: lenient(z.string().min(1)) })),
});

/** What a message that may be anything says of itself. */
export type MessageEnvelope = z.output<typeof MessageEnvelope>;

export const parseMessageEnvelope = (body: string): MessageEnvelope => {
  try {
    return MessageEnvelope.parse(JSON.parse(body));
  } catch {
    return MessageEnvelope.parse({}); // Not JSON, or no object: it says nothing.
  }
};

/** The operation that a message has led to. */
export const findMessageOperation = async (
  {
    id,
    idempotencykey: key = id,
    subject,
    operationid,
  }: Pick<MessageEnvelope, 'id' | 'idempotencykey' | 'subject' | 'operationid'>,
  store: Store,
): Promise<StoredOperation | undefined> => {
  const target = subject.split('/')[1] ?? '';
  const known = key === undefined ? undefined : await store.idempotency(target, key);
  const operationId = operationid ?? known?.operationId;
  return operationId === undefined ? undefined : (await store.operation(operationId))?.value;
};
