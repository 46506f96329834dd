import type { SFNClient } from '@aws-sdk/client-sfn';

import type { Workflows } from '#shared/clusters/ports/workflows.ts';
import { awsRetries } from '#shared/retries.ts';

import { withFaults } from './faults.ts';

/** The state machines. The name of an execution is the id of its operation. */
export const openWorkflows = (arnPrefix: string): Workflows => {
  let client: SFNClient | undefined;
  return withFaults<Workflows>({
    async start(workflow, { operationId, principal }) {
      const { SFNClient, StartExecutionCommand, ExecutionAlreadyExists } = await import('@aws-sdk/client-sfn');
      client ??= new SFNClient(awsRetries);
      try {
        await client.send(
          new StartExecutionCommand({
            stateMachineArn: `${arnPrefix}${workflow}`,
            name: operationId,
            input: JSON.stringify({ operationId, principal }),
          }),
        );
      } catch (error) {
        // An operation has one execution in each workflow, so the existing one is the same.
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
  });
};
