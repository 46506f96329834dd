import * as z from 'zod';

import { Fault } from '#events/problems/problem.ts';
import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import { answerTooLarge } from '#shared/flink/rest/transport/transport.ts';
import { Text } from '#shared/flink/rest/transport/values.ts';

import { formatRootCause } from './stack-trace.ts';

const Exceptions = z.object({
  exceptionHistory: z.object({ entries: z.array(z.object({ exceptionName: Text, stacktrace: z.string() })) }),
});

/** A program chooses its exceptions. Those of many jobs are read, and each answer is held in memory. */
const maxAnswerBytes = 1_000_000;

/**
 * The root cause of the latest exception of a job or a program, in one line. Undefined without an exception. A cause whose
 * answer is too large is named as such, so that its size does not hide the failure.
 *
 * @param path The path of the exceptions, of a job or an application.
 * @throws Fault `not-found` when Flink does not have the job or the application.
 */
export const readRootCause = async ({ get }: RestClient, path: string): Promise<string | undefined> => {
  try {
    const { exceptionHistory } = await get(path, Exceptions, { maxAnswerBytes });
    const [latest] = exceptionHistory.entries;
    return latest === undefined ? undefined : formatRootCause(latest.stacktrace, latest.exceptionName);
  } catch (error) {
    if (error instanceof Fault && error.reason === answerTooLarge)
      return `Flink reports exceptions of more than ${maxAnswerBytes / 1_000_000} MB, which Drey does not read. See the log.`;
    throw error;
  }
};
