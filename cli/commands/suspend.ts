import { defineCommand } from '#cli/commander/command.ts';
import { runRollout } from '#cli/flows/rollouts.ts';
import {
  ifRevisionOption,
  type IfRevisionOption,
  type RolloutOptions,
  snapshotOptions,
  toIfRevision,
  toRolloutFields,
} from '#cli/options/rollout.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

import { toClusterRef } from '../context.ts';

export const suspend = defineCommand<
  Pick<RolloutOptions, 'state' | 'fallback' | 'savepointDirectory'> & IfRevisionOption & WaitOptions
>({
  operandIs: 'cluster',
  options: { ...snapshotOptions, ...ifRevisionOption, ...waitOptions },
  examples: {
    'drey suspend etl': 'end cluster etl with a savepoint; `drey resume etl` starts it from there',
    'drey suspend etl --no-wait': 'return when the API has accepted the command',
  },
  run: async (context, [operand], { wait = true, ...options }) => {
    const clusterRef = await toClusterRef(context, operand);
    const body = { ...toRolloutFields(options), ...toIfRevision(options) };
    await runRollout(clusterRef, { kind: 'suspend', body, wait }, context);
  },
});
