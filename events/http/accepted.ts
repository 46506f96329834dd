import * as z from 'zod';

import { Cluster } from '../cluster.ts';
import { Operation } from '../operation.ts';

/** The answer to a command. `Location` names the operation. */
export const Accepted = z.strictObject({ operation: Operation, cluster: Cluster.optional() }).meta({ id: 'Accepted' });

export type Accepted = z.infer<typeof Accepted>;

/** The longest that `Prefer: wait` keeps a request open, in seconds: API Gateway gives up at 30. */
export const maxWaitSeconds = 25;
