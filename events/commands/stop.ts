import * as z from 'zod';

import { defineCommand } from './define.ts';

export const stop = defineCommand({
  kind: 'stop',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/stop',
  summary: "Stop a cluster (`echo 'stop' | kubernetes-session.sh`).",
  data: z
    .strictObject({
      savepoint: z.enum(['none', 'best-effort', 'required']).default('none').meta({
        description:
          'Whether each job is stopped with a savepoint first. When a required one fails, the cluster stays.',
      }),
      savepointDirectory: z
        .url()
        .optional()
        .meta({ description: 'Where savepoints go; else the default of the cluster.' }),
      ha: z.enum(['keep', 'purge']).default('keep').meta({
        description:
          'Whether the high-availability ConfigMaps are removed too, from which the same id would recover its jobs.',
      }),
      reason: z.string().min(1).max(200).optional().meta({ description: 'Told in the events.' }),
    })
    .meta({ id: 'Stop' }),
});
export type StopData = z.output<typeof stop.data>;
