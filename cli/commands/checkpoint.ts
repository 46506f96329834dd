import { defineCommand } from '#cli/commander/command.ts';
import { askFor, jobAt, jobPath } from '#cli/flows/savepoints.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

interface Options extends WaitOptions {
  readonly full?: boolean;
}

export const checkpoint = defineCommand<Options>({
  operandIs: 'job',
  options: { '--full': 'not an incremental one (also -full)', ...waitOptions },
  examples: { 'drey checkpoint 8a077da4350254f0f435da5061d32226': 'wherever the job runs in the target' },
  run: async (context, [operand], { full = false, wait = true }) => {
    const { jobId, clusterRef } = await jobAt(operand, 'trigger a checkpoint', context);
    if (!context.json) {
      context.print(`Triggering checkpoint for job ${jobId}.`);
      if (wait) context.print('Waiting for response...');
    }
    const operation = await askFor(
      {
        at: jobPath(jobId, 'checkpoints'),
        body: { full },
        what: `Checkpoint of job ${jobId}`,
        failure: `Failed to trigger a checkpoint for the job ${jobId}.`,
        detached: !wait,
      },
      clusterRef,
      context,
    );
    if (operation === undefined) return;
    if (!wait) return context.print(`It is asked for, as operation ${operation.operationId}.`);
    context.print(`Checkpoint${full ? '(FULL)' : ''} ${operation.checkpoint ?? ''} for job ${jobId} completed.`);
    context.print('You can resume your program from this checkpoint with the run command.');
  },
});
