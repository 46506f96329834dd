import { Fault } from '#events/problems/problem.ts';

/** The Fault that a function throws, if any. Other errors are thrown on, because the functions throw only Faults. */
export const faultOf = (act: () => unknown): Fault | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};
