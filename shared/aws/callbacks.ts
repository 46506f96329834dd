import type { SFNClient, SFNServiceException } from '@aws-sdk/client-sfn';

import type { Callbacks } from '#shared/clusters/ports/messaging.ts';
import { awsRetries } from '#shared/retries.ts';

import { isThrottled, withFaults } from './faults.ts';

const maxCauseCharacters = 30_000;

/** Every other failure concerns the token (expired, malformed, of another account), so another attempt fails as well. */
const isTransient = (error: SFNServiceException) => error.$fault === 'server' || isThrottled(error);

/** The tasks of callers' state machines that wait for a verdict. */
export const openCallbacks = (client?: Pick<SFNClient, 'send'>): Callbacks =>
  withFaults<Callbacks>({
    async complete(taskToken, result) {
      const sdk = await import('@aws-sdk/client-sfn');
      client ??= new sdk.SFNClient(awsRetries);
      const output = JSON.stringify(result);
      const verdict = 'verdict' in result ? result.verdict : 'FAILED';
      const cause = output.slice(0, maxCauseCharacters);
      try {
        if (verdict === 'FINISHED') await client.send(new sdk.SendTaskSuccessCommand({ taskToken, output }));
        else await client.send(new sdk.SendTaskFailureCommand({ taskToken, error: verdict, cause }));
        return true;
      } catch (error) {
        if (error instanceof sdk.SFNServiceException && !isTransient(error)) return false;
        throw error;
      }
    },
  });
