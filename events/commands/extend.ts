import * as z from 'zod';

import { endOptions, stopOptions, WarnBefore } from '../lifetime.ts';
import { defineCommand } from './define.ts';

export const extend = defineCommand({
  kind: 'extend',
  function: 'extend',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/extend',
  summary: 'Give a live cluster another lifetime.',
  data: z
    .strictObject({
      ...endOptions,
      ttl: endOptions.ttl.meta({ description: 'It ends so long after this command. Takes the place of `until`, too.' }),
      until: endOptions.until.meta({ description: 'It ends at this time. Takes the place of `ttl`, too.' }),
      savepoint: stopOptions.savepoint.unwrap().optional(),
      savepointDirectory: stopOptions.savepointDirectory,
      ha: stopOptions.ha.unwrap().optional(),
      warnBefore: WarnBefore.optional(),
    })
    .refine(
      (data) => Object.values(data).some((value) => value !== undefined),
      'it changes nothing: give ttl, until or another member',
    )
    .meta({ id: 'Extend', description: 'What is left out stays as it is.' }),
});
export type ExtendData = z.output<typeof extend.data>;
