import * as z from 'zod';

import { IdempotencyKey } from './idempotency-key.ts';
import { OperationId } from './names.ts';

/** A command on the command queue: CloudEvents 1.0 in JSON. */
export const CommandMessage = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: IdempotencyKey,
    type: z.string().regex(/^drey\.command\.[a-z-]+\.v1$/, 'The type is drey.command.<command>.v1.'),
    source: z.string().min(1),
    subject: z
      .string()
      .regex(/^targets\/[^/]+(\/clusters\/[^/]+)?$/, 'The subject is targets/<target>/clusters/<cluster id>.')
      .meta({ example: 'targets/etl/clusters/nightly' }),
    time: z.iso.datetime({ offset: true }).optional(),
    datacontenttype: z.literal('application/json').optional(),
    idempotencykey: IdempotencyKey.optional(),
    data: z.unknown().optional(),
    dataref: z
      .string()
      .max(1_000)
      .optional()
      .meta({ description: 'Replaces `data` that is too large for a message: the `jar` of an upload, `s3://….json`.' }),
  })
  .meta({ id: 'CommandMessage' });

export type CommandMessage = z.infer<typeof CommandMessage>;

/**
 * What Drey says about a message that it sends itself, in the message attribute `own`. Any sender can set the attribute, so
 * it counts only with the token of the operation that it names.
 */
export const OwnFields = z.strictObject({
  /** The `messageToken` of that operation. */
  token: z.string(),
  /** The admitted operation to resume. */
  operationId: OperationId.optional(),
  /** Which row of a batch to run. */
  batchItem: z.strictObject({ batchId: OperationId, batchIndex: z.int().min(0) }).optional(),
  /** The failed operation of a redriven message. */
  redriven: OperationId.optional(),
});
export type OwnFields = Readonly<z.infer<typeof OwnFields>>;

/** Members of a body that would say what only {@link OwnFields} says. */
export const ownMembers = ['operationid', 'batchid', 'batchindex'] as const;

const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Text = lenient(z.string().max(300));
const Key = lenient(IdempotencyKey);

/** Every member is optional: an invalid member counts as absent, and does not hide the others. */
const LenientMessage = z.object({
  id: Text,
  type: Text,
  subject: Text,
  idempotencykey: Key,
  dataref: lenient(z.string().max(1_000)),
  data: lenient(z.object({ correlationId: Text, taskToken: lenient(z.string().min(1)) })),
});

/** What a message says about itself. The message need not be a valid command. */
export interface MessageEnvelope {
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly idempotencykey?: string | undefined;
  readonly dataref?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly taskToken?: string | undefined;
}

/** The idempotency key of a message. A key that no caller may give counts as absent. */
export const findKey = ({ id, idempotencykey = id }: MessageEnvelope): string | undefined =>
  IdempotencyKey.safeParse(idempotencykey).data;

/** Never throws: a body that is not a JSON object has an empty envelope. */
export const parseEnvelope = (body: string): MessageEnvelope => {
  const { data, ...members } = LenientMessage.safeParse(toJson(body)).data ?? {};
  return { ...members, ...data };
};

const toJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // The caller reports that the message is not JSON.
  }
};
