import { defineCommand } from '#cli/commander/command.ts';
import { jobPath, parseJobOperand, runSavepointCommand } from '#cli/flows/savepoints.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

interface Options extends WaitOptions {
  readonly full?: boolean;
}

export const checkpoint = defineCommand<Options>({
  operandIs: 'job',
  options: { '--full': 'take a full checkpoint (also -full)', ...waitOptions },
  examples: {
    'drey checkpoint 8a077da4350254f0f435da5061d32226': 'take a checkpoint of a job on any cluster of the target',
  },
  run: async (context, [operand], { full = false, wait = true }) => {
    const { jobId, clusterRef } = await parseJobOperand(operand, 'trigger a checkpoint', context);
    if (!context.json) {
      context.print(`Triggering checkpoint for job ${jobId}.`);
      if (wait) context.print('Waiting for response...');
    }
    const operation = await runSavepointCommand(
      {
        subpath: jobPath(jobId, 'checkpoints'),
        body: { full },
        title: `Checkpoint of job ${jobId}`,
        failure: `Failed to trigger a checkpoint for the job ${jobId}.`,
        detached: !wait,
      },
      clusterRef,
      context,
    );
    if (operation === undefined) return;
    if (!wait) return context.print(`Checkpoint of job ${jobId} requested. Operation: ${operation.operationId}.`);
    context.print(`Checkpoint${full ? '(FULL)' : ''} ${operation.checkpoint ?? ''} for job ${jobId} completed.`);
    context.print('You can resume your program from this checkpoint with the run command.');
  },
});
