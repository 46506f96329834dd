import * as z from 'zod';

import type { ProblemCode } from '#events/problems/problem-table.ts';
import { Fault } from '#events/problems/problem.ts';
import { maskBeginning } from '#events/secrets.ts';

import {
  type Cause,
  findTellingCause,
  formatCause,
  formatRootCause,
  maxMessageLength,
  omitExpectedWords,
  parseCauses,
} from '#shared/flink/rest/stack-trace.ts';
import type { RestResponse } from './transport.ts';

/** This file converts the error responses of Flink's REST API to faults. */

const Errors = z.object({ errors: z.array(z.string()) });

export const isSuccess = ({ status }: RestResponse): boolean => status >= 200 && status < 300;

const joinErrors = ({ body }: RestResponse): string => {
  const parsed = Errors.safeParse(body);
  return parsed.success ? parsed.data.errors.join('\n') : '';
};

/** The exceptions that Flink reports in a response, outermost first. */
export const readCauses = (response: RestResponse): readonly Cause[] => parseCauses(joinErrors(response));

/** A fault whose message ends with Flink's deepest cause, or with the sentence that Flink sent instead of a stack trace. */
export const newRestFault = (code: ProblemCode, response: RestResponse, message: string): Fault => {
  const text = joinErrors(response);
  const firstLine = maskBeginning(text.split('\n', 1)[0] ?? '', maxMessageLength);
  const reason = formatRootCause(text, firstLine).replace(/^RestHandlerException: /, '');
  return new Fault(code, reason === '' ? `${message}.` : `${message}: ${reason}`, { cause: response.body });
};

/**
 * The fault for a status that the method of the client does not expect.
 *
 * `target-unreachable` after a failure of Flink (5xx) or a timeout (408), because a retry can succeed; otherwise
 * `target-refused`.
 */
export const toStatusFault = (response: RestResponse, request: string): Fault =>
  newRestFault(
    response.status >= 500 || response.status === 408 ? 'target-unreachable' : 'target-refused',
    response,
    `Flink answered ${request} with status ${response.status}`,
  );

/** Fault `program-failed` with the program's own exception, and with Flink's message where that says more. */
export const toProgramFault = (response: RestResponse): Fault => {
  const causes = readCauses(response);
  const telling = findTellingCause(causes);
  if (telling === undefined) return newRestFault('program-failed', response, 'Flink could not start the program');
  const root = { ...telling, message: omitExpectedWords(telling.message) };
  const outer = telling === causes.at(-1) ? causes.at(-2) : undefined;
  const saysMore = outer?.name === 'ProgramInvocationException' && !outer.message.endsWith(root.message);
  const addition = saysMore ? ` (${outer.message})` : '';
  return new Fault('program-failed', `${formatCause(root)}${addition}`, { reason: root.name, cause: response.body });
};

export const toJobNotFound = (jobId: string, { body }: RestResponse): Fault =>
  new Fault('not-found', `The cluster has no job ${jobId}.`, { cause: body });

export const toUnexpectedAnswer = (request: string, cause?: unknown): Fault =>
  new Fault('target-refused', `The answer to ${request} does not have the form of Flink's REST API.`, { cause });

/**
 * The body of a successful response.
 *
 * @param request The method and the path, for the message of a fault.
 * @throws Fault `target-unreachable` or `target-refused`, as of `toStatusFault`.
 * @throws Fault `target-refused` when the body does not fit the schema.
 */
export const parseResponse = <S extends z.ZodType>(response: RestResponse, schema: S, request: string): z.output<S> => {
  if (!isSuccess(response)) throw toStatusFault(response, request);
  const parsed = schema.safeParse(response.body);
  if (!parsed.success) throw toUnexpectedAnswer(request, parsed.error);
  return parsed.data;
};

/** Undefined when Flink does not have the requested thing: it never had it, or has forgotten it. */
export const ignoreNotFound = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Fault && error.code === 'not-found') return undefined;
    throw error;
  }
};
