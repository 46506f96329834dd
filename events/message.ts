import * as z from 'zod';

import { OperationId } from './names.ts';
import type { Rejection } from './transitions.ts';

/** A command on the queue: CloudEvents 1.0 in JSON. */
export const CommandMessage = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string().min(1).max(200),
    type: z.string().regex(/^drey\.command\.[a-z-]+\.v1$/, 'the type is drey.command.<command>.v1'),
    source: z.string().min(1),
    subject: z
      .string()
      .regex(/^targets\/[^/]+(\/clusters\/[^/]+)?$/, 'the subject is targets/<target>/clusters/<cluster id>')
      .meta({ example: 'targets/etl/clusters/nightly' }),
    time: z.iso.datetime({ offset: true }).optional(),
    datacontenttype: z.literal('application/json').optional(),
    idempotencykey: z.string().min(1).max(200).optional(),
    data: z.unknown().optional(),
    dataref: z
      .string()
      .max(1_000)
      .optional()
      .meta({ description: 'Instead of the data, where it is too large: the `s3://….json` that an upload answered.' }),
    operationid: OperationId.optional().meta({ description: "Drey's own: the operation to carry on." }),
    batchid: OperationId.optional().meta({ description: "Drey's own: the batch that this is an element of." }),
    batchindex: z.int().min(0).optional(),
  })
  .meta({ id: 'CommandMessage' });

export type CommandMessage = z.infer<typeof CommandMessage>;

const Told = z.string().max(300).optional().catch(undefined);

const Known = z.object({
  id: Told,
  subject: Told,
  type: Told,
  data: z.object({ correlationId: Told }).optional().catch(undefined),
});

/** What can be told of a message that may be anything. */
export const parseEnvelope = (body: string): Pick<Rejection, 'commandId' | 'subject' | 'type' | 'correlationId'> => {
  try {
    const { id: commandId, subject, type, data } = Known.parse(JSON.parse(body));
    const fields = { commandId, subject, type, correlationId: data?.correlationId };
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  } catch {
    return {}; // Not JSON, or no object: there is nothing to tell.
  }
};
