import { codeOf, Fault } from '#events/problem.ts';

/** What Step Functions puts where a Catch says. */
export interface StepError {
  readonly Error?: string;
  readonly Cause?: string;
}

/** What a state machine caught, as a fault again: the error's name is its code, and the cause holds its message. */
export const toFault = (caught: StepError | undefined): Fault => {
  const { Error: name = 'internal', Cause: cause = '' } = caught ?? {};
  if (name === 'States.Timeout' || name === 'Sandbox.Timedout')
    return new Fault('deadline-exceeded', 'a step took too long');
  const code = codeOf(name);
  return code === undefined ? new Fault('internal', `a step failed (${name})`) : new Fault(code, messageOf(cause));
};

const messageOf = (cause: string): string => {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      'errorMessage' in parsed &&
      typeof parsed.errorMessage === 'string'
    )
      return parsed.errorMessage;
  } catch {
    // Not JSON: the cause is the message.
  }
  return cause;
};
