import type { SFNClient } from '@aws-sdk/client-sfn';

import type { Workflows } from '#shared/clusters/ports/workflows.ts';
import { awsRetries } from '#shared/retries.ts';

import { withFaults } from './faults.ts';

/** The state machines. An execution is named after its operation, and all that it is given is the operation's id. */
export const openMachines = (arnPrefix: string): Workflows => {
  let client: SFNClient | undefined;
  return withFaults<Workflows>({
    async start(machine, operationId) {
      const { SFNClient, StartExecutionCommand, ExecutionAlreadyExists } = await import('@aws-sdk/client-sfn');
      client ??= new SFNClient(awsRetries);
      try {
        await client.send(
          new StartExecutionCommand({
            stateMachineArn: `${arnPrefix}${machine}`,
            name: operationId,
            input: JSON.stringify({ operationId }),
          }),
        );
      } catch (error) {
        // The same operation always has the same input: this is the execution that was asked for.
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
  });
};
