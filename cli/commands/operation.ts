import { toFailure } from '#cli/api/problem-failure.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { readOperation } from '#cli/flows/operations.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatBytes } from '#cli/output/bytes.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { describeRolloutEnd, formatPhase, formatProgress, listCompletedPhases } from '#cli/output/operation-lines.ts';
import { paintState, renderFacts } from '#cli/output/table.ts';
import type { Operation } from '#events/records/operation.ts';

export const operation = defineCommand({
  examples: { 'drey operation 0197f0c4d1aa7c3e9d3f4b5a6c7d8e9f': 'show the operation with this id' },
  run: async (context, [operationId]) => {
    if (operationId === undefined) throw new UsageError('Missing the operation id. Specify one operation.');
    const found = await readOperation({ target: await context.target(), operationId }, context);
    if (context.json) {
      context.printJson(found);
      return;
    }
    renderFacts({
      Operation: found.operationId,
      Command: found.kind,
      Principal: found.principal,
      'Redriven by': found.redrivenBy,
      Target: found.target,
      Cluster: found.clusterId,
      Job: found.jobId,
      State: paintState(found.state, context.io.stdout),
      Phase: formatProgress(found),
      Phases: listCompletedPhases(found)
        .map((one) => formatPhase(one, found.createdAt))
        .join(', '),
      Revisions: formatRevisions(found),
      'Size of state': found.rollout?.stateBytes === undefined ? undefined : formatBytes(found.rollout.stateBytes),
      Verdict: found.verdict === undefined ? undefined : paintState(found.verdict, context.io.stdout),
      Cause: found.problem === undefined ? found.verdictMessage : undefined,
      Savepoint: found.savepoint,
      Checkpoint: found.checkpoint === undefined ? undefined : String(found.checkpoint),
      'Restored from': found.restoredFrom,
      'Restored jobs': found.restoredJobs?.map(({ name, jobId }) => `${name} as job ${jobId}`).join(', '),
      Batch: found.batchId,
      Correlation: found.correlationId,
      Created: formatTime(found.createdAt),
      Updated: formatTime(found.updatedAt),
      Deadline: formatTime(found.deadline),
    }).forEach(context.print);
    found.warnings?.forEach((warning) => context.print(`Warning: ${warning}`));
    if (found.problem === undefined) return;
    const { message, lines } = toFailure(found.problem);
    [`Problem: ${message}`, ...[...lines, ...describeRolloutEnd(found)].map((line) => `  ${line}`)].forEach(
      context.print,
    );
  },
});

/** The revisions before and after a rollout. */
const formatRevisions = ({ rollout }: Pick<Operation, 'rollout'>): string | undefined =>
  rollout === undefined
    ? undefined
    : [rollout.from, rollout.to].map((revision) => (revision === undefined ? 'none' : String(revision))).join(' → ');
