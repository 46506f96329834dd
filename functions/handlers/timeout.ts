import { Fault } from '#events/problems/problem.ts';

const timeoutDetail = 'The invocation took longer than the timeout of its function.';

/** What ends an invocation whose time is up. */
export const newTimeoutFault = (detail = timeoutDetail): Fault => new Fault('deadline-exceeded', detail);

/**
 * Options of a function that aborts the signal of an invocation before Lambda ends it. The invocation fails with the detail,
 * which is no bug: a target or a service that does not answer uses up its time, too.
 */
export const failEarly = (detail?: string) => ({
  timeoutEarlyInMillis: 1_500,
  timeoutEarlyResponse: (): never => {
    throw newTimeoutFault(detail);
  },
});
