/** One request to Flink's REST API, independent of the way to the cluster. */
export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path from the version on: `/v1/overview`. */
  readonly path: string;
  readonly json?: unknown;
  /** A body that is not held in memory. Its length must be known, because a transport sends no chunked body. */
  readonly stream?: { readonly body: AsyncIterable<Uint8Array>; readonly bytes: number; readonly contentType: string };
  /** The time limit of this request, for requests that Flink answers late. */
  readonly timeoutMs?: number;
  /** The maximum size of the answer, where it is less than that of every answer. */
  readonly maxAnswerBytes?: number;
  /** Whether the body of a success is returned as its bytes, whatever its content type is. */
  readonly asBytes?: true;
}

export interface RestResponse {
  readonly status: number;
  /** The parsed JSON, or the text of a body that is not JSON; a `Uint8Array` where the request asks for bytes. */
  readonly body: unknown;
}

/** The reason of the fault for an answer above its maximum size. Its cause has the `bytes` that were announced, or `NaN`. */
export const answerTooLarge = 'AnswerTooLarge';

/**
 * Sends a request to the REST API of one cluster and returns the answer, whatever its status is.
 *
 * @throws Fault `target-unreachable` when Flink did not answer, for example because no JobManager is ready.
 * @throws Fault `target-refused` when the API server refused the request, or the answer is too large (reason
 *   `AnswerTooLarge`).
 */
export type Transport = (request: RestRequest) => Promise<RestResponse>;
