import type { SFNClient } from '@aws-sdk/client-sfn';

import type { Workflows } from '#shared/clusters/ports/workflows.ts';
import { awsRetries } from '#shared/retries.ts';

import { withFaults } from './faults.ts';

/** The clocks of Step Functions and of a function may differ by so much. */
const maxClockSkewMs = 10_000;

/** The state machines. The name of an execution is the id of its operation. */
export const openWorkflows = (arnPrefix: string): Workflows => {
  let client: SFNClient | undefined;
  return withFaults<Workflows>({
    async start(workflow, { operationId, principal }) {
      const { SFNClient, StartExecutionCommand, ExecutionAlreadyExists } = await import('@aws-sdk/client-sfn');
      client ??= new SFNClient(awsRetries);
      const now = Date.now();
      try {
        const { startDate } = await client.send(
          new StartExecutionCommand({
            stateMachineArn: `${arnPrefix}${workflow}`,
            name: operationId,
            input: JSON.stringify({ operationId, principal }),
          }),
        );
        // The answer of an execution that runs already is the one to its start.
        return startDate === undefined || startDate.getTime() > now - maxClockSkewMs;
      } catch (error) {
        // An operation has one execution in each workflow, so the existing one is the same.
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
        return false;
      }
    },
  });
};
