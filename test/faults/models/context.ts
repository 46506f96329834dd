import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Protection } from '#test/faults/protections.ts';
import type { Failure, Process, Simulation } from '#test/faults/simulation.ts';

/** What the models of the services share. */
export interface ModelContext {
  readonly simulation: Simulation;
  readonly random: () => number;
  readonly without: Protection | undefined;
  /** The ports of one process. */
  readonly portsOf: (process: Process) => Ports;
}

export const functionSeconds = 29;
export const admissionSeconds = 20;
export const reconcileSeconds = 55;
export const visibilitySeconds = 180;

const noAnswer = (applied: boolean): Failure<never> => ({
  name: applied ? 'it is done, and no answer comes' : 'no answer',
  applied,
  seconds: 3,
  answer: () => {
    throw Object.assign(new Error('the connection was closed'), { name: 'TimeoutError' });
  },
});

/** The failures of every call to a service of AWS. */
export const noAnswers: readonly Failure<never>[] = [noAnswer(true), noAnswer(false)];
