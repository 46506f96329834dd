import type { MessageEnvelope } from '#events/message.ts';
import type { Rejection } from '#events/records/transitions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/** The fields by which rejections and dead letters identify a message. */
export const describeMessage = ({
  id: commandId,
  subject,
  type,
  correlationId,
}: MessageEnvelope): Pick<Rejection, 'commandId' | 'subject' | 'type' | 'correlationId'> => ({
  ...(commandId === undefined ? {} : { commandId }),
  ...(subject === undefined ? {} : { subject }),
  ...(type === undefined ? {} : { type }),
  ...(correlationId === undefined ? {} : { correlationId }),
});

/** The operation that a message has created or resumes. */
export const findMessageOperation = async (
  { id, idempotencykey: key = id, subject = '', operationid }: MessageEnvelope,
  store: Store,
): Promise<StoredOperation | undefined> => {
  const target = subject.split('/')[1] ?? '';
  const known = key === undefined ? undefined : await store.idempotency(target, key);
  const operationId = operationid ?? known?.operationId;
  return operationId === undefined ? undefined : (await store.operation(operationId))?.value;
};
