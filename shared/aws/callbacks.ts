import type { SFNClient, SFNServiceException } from '@aws-sdk/client-sfn';

import type { Callbacks } from '#shared/clusters/ports/messaging.ts';
import { awsRetries } from '#shared/retries.ts';

import { isThrottled, withFaults } from './faults.ts';

const longestCause = 30_000;

/**
 * Everything else is about the token (over, not one, of another account, of a machine whose key may not be used): trying
 * again would only keep others waiting.
 */
const mayPass = (error: SFNServiceException) => error.$fault === 'server' || isThrottled(error);

/** Tasks of the callers' state machines that wait for a verdict. */
export const openCallbacks = (client?: Pick<SFNClient, 'send'>): Callbacks => {
  return withFaults<Callbacks>({
    async complete(taskToken, told) {
      const sdk = await import('@aws-sdk/client-sfn');
      client ??= new sdk.SFNClient(awsRetries);
      const text = JSON.stringify(told);
      const verdict = 'verdict' in told ? told.verdict : 'FAILED';
      try {
        if (verdict === 'FINISHED') await client.send(new sdk.SendTaskSuccessCommand({ taskToken, output: text }));
        else
          await client.send(
            new sdk.SendTaskFailureCommand({ taskToken, error: verdict, cause: text.slice(0, longestCause) }),
          );
        return true;
      } catch (error) {
        if (error instanceof sdk.SFNServiceException && !mayPass(error)) return false;
        throw error;
      }
    },
  });
};
