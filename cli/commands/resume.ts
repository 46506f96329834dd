import { defineCommand } from '#cli/commander/command.ts';
import { runRollout } from '#cli/flows/rollouts.ts';
import {
  ifRevisionOption,
  type IfRevisionOption,
  type RolloutOptions,
  toIfRevision,
  toRolloutFields,
  verificationOptions,
} from '#cli/options/rollout.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

import { toClusterRef } from '../context.ts';

export const resume = defineCommand<
  Omit<RolloutOptions, 'state' | 'fallback' | 'savepointDirectory'> & IfRevisionOption & WaitOptions
>({
  operandIs: 'cluster',
  options: { ...verificationOptions, ...ifRevisionOption, ...waitOptions },
  examples: {
    'drey resume etl': 'start suspended cluster etl from its state',
    'drey resume etl --stable-within 10min': 'watch it for ten minutes',
  },
  run: async (context, [operand], { wait = true, ...options }) => {
    const clusterRef = await toClusterRef(context, operand);
    const body = { ...toRolloutFields(options), ...toIfRevision(options) };
    await runRollout(clusterRef, { kind: 'resume', body, wait }, context);
  },
});
