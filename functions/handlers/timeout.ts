import { Fault } from '#events/problems/problem.ts';

/** How long before Lambda's timeout the signal of an invocation aborts, so that the caller still gets an answer. */
export const timeoutEarlyMs = 1_500;

/** Options of a function without a caller. A target that does not answer uses up its time, too, so it is no bug. */
export const failEarly = {
  timeoutEarlyInMillis: timeoutEarlyMs,
  timeoutEarlyResponse: (): never => {
    throw new Fault('deadline-exceeded', 'The invocation took longer than the timeout of its function.');
  },
};
