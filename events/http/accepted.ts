import * as z from 'zod';

import { Cluster } from '#events/records/cluster.ts';
import { Operation } from '#events/records/operation.ts';

/** The response to a command. The `Location` header names the operation. */
export const Accepted = z.strictObject({ operation: Operation, cluster: Cluster.optional() }).meta({ id: 'Accepted' });

export type Accepted = z.infer<typeof Accepted>;

/** The response to an apply or a rollback. When the cluster or job runs the same spec already, nothing is done, and there is no operation. */
export const Applied = z
  .strictObject({
    operation: Operation.optional(),
    cluster: Cluster.optional(),
    result: z
      .literal('unchanged')
      .optional()
      .meta({ description: 'The cluster, or the job, runs the same spec already.' }),
    jobId: z.string().optional().meta({ description: 'Of an unchanged job: its ID.' }),
    revision: z.int().optional().meta({ description: 'Of an unchanged cluster: number of its revision.' }),
  })
  .meta({ id: 'Applied' });
export type Applied = z.infer<typeof Applied>;

/** Maximum of `Prefer: wait`, in seconds. API Gateway times out after 30 s. */
export const maxWaitSeconds = 25;
