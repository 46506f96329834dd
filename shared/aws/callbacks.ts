import type { Callbacks } from '#shared/clusters/ports/messaging.ts';

import { isThrottled, withFaults } from './faults.ts';
import { callJson } from './services/json.ts';
import { AwsError } from './transport/errors.ts';
import type { Call } from './transport/operations.ts';

const maxCauseCharacters = 30_000;

/** Every other failure concerns the token (expired, malformed, of another account), so another attempt fails as well. */
const isTransient = (error: AwsError) => error.status >= 500 || isThrottled(error);

/** The tasks of callers' state machines that wait for a verdict. */
export const openCallbacks = (call: Call<'states:SendTaskSuccess' | 'states:SendTaskFailure'> = callJson): Callbacks =>
  withFaults<Callbacks>({
    async complete(taskToken, result) {
      const output = JSON.stringify(result);
      const verdict = 'verdict' in result ? result.verdict : 'FAILED';
      const cause = output.slice(0, maxCauseCharacters);
      try {
        if (verdict === 'FINISHED') await call('states:SendTaskSuccess', { taskToken, output });
        else await call('states:SendTaskFailure', { taskToken, error: verdict, cause });
        return true;
      } catch (error) {
        if (error instanceof AwsError && !isTransient(error)) return false;
        throw error;
      }
    },
  });
