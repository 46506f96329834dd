import * as z from 'zod';

import { stopOptions } from '../lifetime.ts';
import { defineCommand } from './define.ts';

export const stop = defineCommand({
  kind: 'stop',
  function: 'stop',
  workflow: 'cleanup',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/stop',
  summary: "Stop a cluster (`echo 'stop' | kubernetes-session.sh`).",
  data: z
    .strictObject({
      ...stopOptions,
      reason: z.string().min(1).max(200).optional().meta({ description: 'Reason in the events of the stop.' }),
    })
    .meta({ id: 'Stop' }),
});
export type StopData = z.output<typeof stop.data>;
