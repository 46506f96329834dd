import * as z from 'zod';

import { Principal } from '../principal.ts';

const DeadLetter = z.strictObject({
  id: z.string().meta({ description: 'Message ID of SQS.' }),
  subject: z.string().optional(),
  type: z.string().optional(),
  commandId: z.string().optional().meta({ description: 'The `id` attribute of the message.' }),
  correlationId: z.string().optional(),
  principal: Principal,
  redrivenBy: Principal.optional().meta({ description: 'Who redrove the command, before it failed again.' }),
  code: z.string().optional().meta({ description: 'Problem code of the last attempt, if known.' }),
  detail: z.string().optional(),
});

export const DeadLetters = z
  .strictObject({
    commands: z.array(DeadLetter),
    more: z
      .literal(true)
      .optional()
      .meta({ description: 'More dead letters may exist: SQS has no pages. Redrive these, and repeat the request.' }),
  })
  .meta({ id: 'DeadLetters' });

export type DeadLetters = z.infer<typeof DeadLetters>;

export const Redrive = z
  .strictObject({
    ids: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Default: all dead letters.' }),
  })
  .meta({ id: 'Redrive' });
