import { Fault } from '#events/problem.ts';

/** The Fault that something ends in, if it does. Whatever else it throws is thrown on: nothing here throws but Faults. */
export const faultOf = (act: () => unknown): Fault | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
};
