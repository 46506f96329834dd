import * as z from 'zod';

import { OperationId } from './names.ts';

/** A command on the command queue: CloudEvents 1.0 in JSON. */
export const CommandMessage = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(200),
    type: z.string().regex(/^drey\.command\.[a-z-]+\.v1$/, 'The type is drey.command.<command>.v1.'),
    source: z.string().min(1),
    subject: z
      .string()
      .regex(/^targets\/[^/]+(\/clusters\/[^/]+)?$/, 'The subject is targets/<target>/clusters/<cluster id>.')
      .meta({ example: 'targets/etl/clusters/nightly' }),
    time: z.iso.datetime({ offset: true }).optional(),
    datacontenttype: z.literal('application/json').optional(),
    idempotencykey: z.string().min(1).max(200).optional(),
    data: z.unknown().optional(),
    dataref: z
      .string()
      .max(1_000)
      .optional()
      .meta({ description: 'Replaces `data` that is too large for a message: the `jar` of an upload, `s3://….json`.' }),
    operationid: OperationId.optional().meta({ description: 'Set by Drey only: the admitted operation to resume.' }),
    batchid: OperationId.optional().meta({ description: 'Set by Drey only: the batch of this item.' }),
    batchindex: z.int().min(0).optional(),
  })
  .meta({ id: 'CommandMessage' });

export type CommandMessage = z.infer<typeof CommandMessage>;

const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Text = lenient(z.string().max(300));
const Key = lenient(z.string().min(1).max(200));

/** Every member is optional: an invalid member counts as absent, and does not hide the others. */
const LenientMessage = z.object({
  id: Text,
  type: Text,
  subject: Text,
  idempotencykey: Key,
  operationid: lenient(z.string()),
  batchid: lenient(z.string()),
  batchindex: lenient(z.number()),
  data: lenient(z.object({ correlationId: Text, taskToken: lenient(z.string().min(1)) })),
});

/** What a message says about itself. The message need not be a valid command. */
export interface MessageEnvelope {
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly idempotencykey?: string | undefined;
  readonly operationid?: string | undefined;
  readonly batchid?: string | undefined;
  readonly batchindex?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly taskToken?: string | undefined;
}

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
