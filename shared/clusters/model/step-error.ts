import { codeOf, Fault } from '#events/problems/problem.ts';

/** The error that Step Functions adds to the state of a workflow where a `Catch` caught it. */
export interface StepError {
  readonly Error?: string;
  readonly Cause?: string;
}

/** The fault that a workflow step threw: the name of the error is its code, and the cause holds its message. */
export const parseStepError = (error: StepError | undefined): Fault => {
  const { Error: name = 'internal', Cause: cause = '' } = error ?? {};
  if (name === 'States.Timeout' || name === 'Sandbox.Timedout')
    return new Fault('deadline-exceeded', 'A step of the workflow exceeded its time limit.');
  const code = codeOf(name);
  return code === undefined
    ? new Fault('internal', `A step of the workflow failed with ${name}. Its log has the details.`)
    : new Fault(code, parseMessage(cause));
};

const parseMessage = (cause: string): string => {
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
    // A cause that is not JSON is the message itself.
  }
  return cause;
};
