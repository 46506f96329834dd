import * as z from 'zod';

import { maskBeginning } from '#events/secrets.ts';
import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import { ignoreNotFound } from '#shared/flink/rest/transport/faults.ts';
import { formatRootCause, maxMessageLength } from './stack-trace.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import { Identifier, Text, Time } from '#shared/flink/rest/transport/values.ts';

const TerminalState = z.enum(['COMPLETED', 'FAILED', 'IGNORED']);

const Vertex = z.object({
  jobVertexName: Text,
  preRescaleParallelism: z.int().nullish(),
  postRescaleParallelism: z.int().nullish(),
  desiredParallelism: z.int().nullish(),
});

const Rescale = z.object({
  rescaleUuid: Identifier,
  /** Null while the rescale is in progress. */
  terminalState: TerminalState.nullish(),
  triggerCause: Text.nullish(),
  terminatedReason: Text.nullish(),
  startTimestampInMillis: Time.nullish(),
  endTimestampInMillis: Time.nullish(),
  /** The history leaves the vertices and the states out. */
  vertices: z.record(z.string(), Vertex),
  schedulerStates: z.array(z.object({ stringifiedException: z.string().nullish() })),
});
type Rescale = z.infer<typeof Rescale>;

/** A rescale of a job with the adaptive scheduler that has ended. The start of a job counts as one. */
export interface EndedRescale extends Omit<Rescale, 'schedulerStates'> {
  readonly terminalState: z.infer<typeof TerminalState>;
  readonly startTimestampInMillis: number;
  readonly endTimestampInMillis: number;
  /** The exception that ended the rescale, in one line. */
  readonly message: string | undefined;
}

/** The part of Flink's REST API about rescales. @see Flink 2.3 `JobRescalesHistoryHeaders`, `JobRescaleDetailsHeaders` */
export const createRescaleMethods = ({ get }: RestClient) => ({
  /**
   * The IDs of the ended rescales in the history of a job, the latest first. Empty before Flink 2.3, without the adaptive
   * scheduler, and while `web.adaptive-scheduler.rescale-history.size` is 0.
   */
  listRescales: async (jobId: string): Promise<readonly string[]> => {
    const answer = await ignoreNotFound(get(urlPath`/v1/jobs/${jobId}/rescales/history`, z.array(Rescale)));
    return (answer ?? []).filter(hasEnded).map(({ rescaleUuid }) => rescaleUuid);
  },

  /** An ended rescale. Undefined when the history has dropped it. */
  getRescale: async (jobId: string, rescaleId: string): Promise<EndedRescale | undefined> => {
    const answer = await ignoreNotFound(get(urlPath`/v1/jobs/${jobId}/rescales/details/${rescaleId}`, Rescale));
    if (answer === undefined || !hasEnded(answer)) return undefined;
    const { schedulerStates, ...rescale } = answer;
    const trace = schedulerStates.findLast(({ stringifiedException }) => stringifiedException)?.stringifiedException;
    return {
      ...rescale,
      message:
        trace === undefined || trace === null
          ? undefined
          : formatRootCause(trace, maskBeginning(trace, maxMessageLength)),
    };
  },
});

type Ended = Pick<EndedRescale, 'terminalState' | 'startTimestampInMillis' | 'endTimestampInMillis'>;

const hasEnded = <R extends Rescale>(rescale: R): rescale is R & Ended =>
  typeof rescale.terminalState === 'string' &&
  typeof rescale.startTimestampInMillis === 'number' &&
  typeof rescale.endTimestampInMillis === 'number';
