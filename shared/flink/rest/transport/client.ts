import type * as z from 'zod';

import { newRestFault, parseResponse } from './faults.ts';
import type { RestRequest, RestResponse, Transport } from './transport.ts';

type GetOptions = Pick<RestRequest, 'maxAnswerBytes'>;

/** Requests to one cluster, with the failures that all of them share. */
export interface RestClient {
  /** @throws Fault `not-ready` when no JobManager leads. */
  readonly send: (request: RestRequest) => Promise<RestResponse>;
  /**
   * The parsed answer to a GET request.
   *
   * @throws Fault `not-ready` when no JobManager leads.
   * @throws Fault `not-found` when Flink answers with 404.
   * @throws Fault `target-unreachable` or `target-refused`, as of `parseResponse`.
   */
  readonly get: <S extends z.ZodType>(path: string, schema: S, options?: GetOptions) => Promise<z.output<S>>;
}

/** A client whose methods also throw the faults of the transport. */
export const createRestClient = (transport: Transport): RestClient => {
  const send = async (request: RestRequest): Promise<RestResponse> => {
    const response = await transport(request);
    if (response.status === 503) throw newRestFault('not-ready', response, 'The cluster has no leading JobManager yet');
    return response;
  };

  const get = async <S extends z.ZodType>(path: string, schema: S, options: GetOptions = {}): Promise<z.output<S>> => {
    const response = await send({ method: 'GET', path, ...options });
    if (response.status === 404) throw newRestFault('not-found', response, `Flink has no ${path}`);
    return parseResponse(response, schema, `GET ${path}`);
  };

  return { send, get };
};
