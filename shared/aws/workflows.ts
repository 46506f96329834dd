import type { Workflows } from '#shared/clusters/ports/workflows.ts';

import { withFaults } from './faults.ts';
import { callJson } from './services/json.ts';
import { isRefusal } from './transport/errors.ts';
import type { Call } from './transport/operations.ts';

/** The clocks of Step Functions and of a function may differ by so much. */
const maxClockSkewMs = 10_000;

/** The state machines. The name of an execution is the id of its operation. */
export const openWorkflows = (arnPrefix: string, call: Call<'states:StartExecution'> = callJson): Workflows =>
  withFaults<Workflows>({
    async start(workflow, { operationId, principal }) {
      const now = Date.now();
      try {
        const { startDate } = await call('states:StartExecution', {
          stateMachineArn: `${arnPrefix}${workflow}`,
          name: operationId,
          input: JSON.stringify({ operationId, principal }),
        });
        // The answer of an execution that runs already is the one to its start.
        return startDate === undefined || startDate.getTime() > now - maxClockSkewMs;
      } catch (error) {
        // An operation has one execution in each workflow, so the existing one is the same.
        if (!isRefusal(error, 'ExecutionAlreadyExists')) throw error;
        return false;
      }
    },
  });
