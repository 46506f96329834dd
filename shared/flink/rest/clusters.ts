import * as z from 'zod';

import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import { isSuccess, toStatusFault } from '#shared/flink/rest/transport/faults.ts';
import { Identifier } from '#shared/flink/rest/transport/values.ts';

const Overview = z.object({
  taskmanagers: z.int(),
  'slots-total': z.int(),
  'slots-available': z.int(),
  'jobs-running': z.int(),
  'jobs-finished': z.int(),
  'jobs-cancelled': z.int(),
  'jobs-failed': z.int(),
  'flink-version': Identifier,
});
type Overview = Readonly<z.infer<typeof Overview>>;

/** The part of Flink's REST API that concerns the whole cluster. */
export const createClusterMethods = ({ send, get }: RestClient) => ({
  getOverview: (): Promise<Overview> => get('/v1/overview', Overview),

  /** Requests the end of the cluster. The JobManager deletes the high-availability data of ended jobs, and does not wait for jobs. */
  shutDown: async (): Promise<void> => {
    const response = await send({ method: 'DELETE', path: '/v1/cluster' });
    if (!isSuccess(response)) throw toStatusFault(response, 'DELETE /v1/cluster');
  },
});
