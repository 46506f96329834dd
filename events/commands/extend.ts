import * as z from 'zod';

import { endOptions, stopOptions, WarnBefore } from '../lifetime.ts';
import { defineCommand } from './define.ts';

export const extend = defineCommand({
  kind: 'extend',
  function: 'extend',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/extend',
  summary: 'Change the lifetime of a live cluster.',
  data: z
    .strictObject({
      ...endOptions,
      ttl: endOptions.ttl.meta({
        description: 'Time from this command to the end of the cluster. Also replaces `until`.',
      }),
      until: endOptions.until.meta({ description: 'End of the cluster. Replaces `ttl` as well.' }),
      savepoint: stopOptions.savepoint.unwrap().optional(),
      savepointDirectory: stopOptions.savepointDirectory,
      ha: stopOptions.ha.unwrap().optional(),
      warnBefore: WarnBefore.optional(),
    })
    .refine(
      (data) => Object.values(data).some((value) => value !== undefined),
      'The command changes nothing. Set ttl, until or another member.',
    )
    .meta({ id: 'Extend', description: 'Fields that are not set keep their values.' }),
});
export type ExtendData = z.output<typeof extend.data>;
