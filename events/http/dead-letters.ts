import * as z from 'zod';

const DeadLetter = z.strictObject({
  id: z.string(),
  subject: z.string().optional(),
  type: z.string().optional(),
  commandId: z.string().optional(),
  correlationId: z.string().optional(),
  code: z.string().optional().meta({ description: 'Why its last try failed, where that is known.' }),
  detail: z.string().optional(),
});

export const DeadLetters = z
  .strictObject({
    commands: z.array(DeadLetter),
    more: z.literal(true).optional().meta({ description: 'There may be more than these: ask once more.' }),
  })
  .meta({ id: 'DeadLetters' });

export type DeadLetters = z.infer<typeof DeadLetters>;

export const Redrive = z
  .strictObject({
    ids: z.array(z.string().min(1).max(200)).min(1).max(100).optional().meta({ description: 'All, when left out.' }),
  })
  .meta({ id: 'Redrive' });
