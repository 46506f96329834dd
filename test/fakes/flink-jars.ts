import type { RestRequest, RestResponse } from '#shared/flink/rest/transport/transport.ts';

import { respondErrors, respondJson } from './flink-responses.ts';

/** Stores an uploaded jar. @param jars The size of the form by the ID of the jar. */
export const receiveJar = async (jars: Map<string, number>, { stream }: RestRequest): Promise<RestResponse> => {
  let bytes = 0;
  for await (const chunk of stream?.body ?? []) bytes += chunk.byteLength;
  if (bytes !== stream?.bytes) return respondErrors(400, 'The request is not as long as it said.');
  const id = `upload-${jars.size + 1}.jar`;
  jars.set(id, bytes);
  return respondJson({ filename: `/tmp/flink-web/flink-web-upload/${id}`, status: 'success' });
};
