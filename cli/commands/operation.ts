import { failureOf } from '#cli/api/problem-failure.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { getOperation } from '#cli/flows/operations.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { localTime } from '#cli/output/local-time.ts';
import { phaseLine } from '#cli/output/operation-lines.ts';
import { factsOf, paintState } from '#cli/output/table.ts';

export const operation = defineCommand({
  examples: { 'drey operation 0197f0c4d1aa7c3e9d3f4b5a6c7d8e9f': 'one that was answered before' },
  run: async (context, [operationId]) => {
    if (operationId === undefined) throw new UsageError('Missing the id of the operation.');
    const found = await getOperation(operationId, context);
    if (context.json) {
      context.printJson(found);
      return;
    }
    factsOf({
      Operation: found.operationId,
      Command: found.kind,
      Target: found.target,
      Cluster: found.clusterId,
      Job: found.jobId,
      State: paintState(found.state, context.io.stdout),
      Phase: found.phase,
      Reached: found.phases?.map((one) => phaseLine(one, found.createdAt)).join(', '),
      Verdict: found.verdict === undefined ? undefined : paintState(found.verdict, context.io.stdout),
      Cause: found.problem === undefined ? found.verdictMessage : undefined,
      Savepoint: found.savepoint,
      Checkpoint: found.checkpoint === undefined ? undefined : String(found.checkpoint),
      'Restored from': found.restoredFrom,
      'Starts again': found.restoredJobs?.map(({ name, jobId }) => `${name} as job ${jobId}`).join(', '),
      Batch: found.batchId,
      Correlation: found.correlationId,
      Created: localTime(found.createdAt),
      Updated: localTime(found.updatedAt),
      Deadline: localTime(found.deadline),
    }).forEach(context.print);
    if (found.problem === undefined) return;
    const { message, lines } = failureOf(found.problem);
    [`Problem: ${message}`, ...lines.map((line) => `  ${line}`)].forEach(context.print);
  },
});
