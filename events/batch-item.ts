import * as z from 'zod';

import { Verdict } from '#events/records/operation.ts';

/** One row of a batch, with its verdict once it has one. */
export const BatchItem = z.strictObject({
  batchId: z.string(),
  batchIndex: z.int(),
  clusterId: z.string(),
  operationId: z.string().optional(),
  verdict: Verdict.optional(),
  message: z.string().optional(),
});
export type BatchItem = Readonly<z.output<typeof BatchItem>>;
