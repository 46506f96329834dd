import type { SFNClient } from '@aws-sdk/client-sfn';

import type { Callbacks } from '#shared/clusters/ports.ts';
import { awsRetries } from '#shared/retries.ts';

const longestCause = 30_000;

/** The token is over, not one, or of another account: trying again would only keep others waiting. */
const final = new Set([
  'TaskTimedOut',
  'TaskDoesNotExist',
  'InvalidToken',
  'ValidationException',
  'AccessDeniedException',
]);

/** Tasks of the callers' state machines that wait for a verdict. */
export const openCallbacks = (): Callbacks => {
  let client: SFNClient | undefined;
  return {
    async answer(taskToken, finished) {
      const sdk = await import('@aws-sdk/client-sfn');
      client ??= new sdk.SFNClient(awsRetries);
      const text = JSON.stringify(finished);
      try {
        if (finished.verdict === 'FINISHED')
          await client.send(new sdk.SendTaskSuccessCommand({ taskToken, output: text }));
        else
          await client.send(
            new sdk.SendTaskFailureCommand({ taskToken, error: finished.verdict, cause: text.slice(0, longestCause) }),
          );
        return true;
      } catch (error) {
        if (error instanceof sdk.SFNServiceException && final.has(error.name)) return false;
        throw error;
      }
    },
  };
};
