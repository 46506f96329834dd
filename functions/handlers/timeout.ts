import { Fault } from '#events/problems/problem.ts';

/**
 * Options of a function that aborts the signal of an invocation before Lambda ends it. The invocation fails with the detail,
 * which is no bug: a target or a service that does not answer uses up its time, too.
 */
export const failEarly = (detail = 'The invocation took longer than the timeout of its function.') => ({
  timeoutEarlyInMillis: 1_500,
  timeoutEarlyResponse: (): never => {
    throw new Fault('deadline-exceeded', detail);
  },
});
