import * as z from 'zod';

import { Cluster } from '#events/records/cluster.ts';
import { Operation } from '#events/records/operation.ts';

/** The response to a command. The `Location` header names the operation. */
export const Accepted = z.strictObject({ operation: Operation, cluster: Cluster.optional() }).meta({ id: 'Accepted' });

export type Accepted = z.infer<typeof Accepted>;

/** Maximum of `Prefer: wait`, in seconds. API Gateway times out after 30 s. */
export const maxWaitSeconds = 25;
