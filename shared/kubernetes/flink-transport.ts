import { Fault } from '#events/problems/problem.ts';
import { getRestServiceName } from '#shared/flink/names.ts';
import type { Transport } from '#shared/flink/rest/transport/transport.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { parseStatus, toRefusal } from '#shared/kubernetes/api/status.ts';

/** The overview of 10,000 jobs has 5 MB. A program on the cluster can answer in place of Flink, with any number of bytes. */
const maxAnswerBytes = 8_000_000;

/** Every failure but 401 is returned, because the transport distinguishes Flink's failures from the API server's. */
const expectedStatuses = Array.from({ length: 300 }, (_, index) => 300 + index).filter((status) => status !== 401);

/**
 * The transport to Flink's REST API through the service proxy of the API server. The API server reports a missing
 * Service or pod with a Status object. Every other answer is Flink's.
 */
export const openFlinkTransport =
  (clusterId: string, { client, target }: Api): Transport =>
  async (request) => {
    const service = urlPath`/api/v1/namespaces/${target.namespace}/services/${getRestServiceName(clusterId)}`;
    const path = `${service}:rest/proxy${request.path}`;
    const repeatable = request.method !== 'POST';
    const answer = await client.send({ ...request, path, repeatable, maxAnswerBytes, expected: expectedStatuses });
    const isText = typeof answer.body === 'string';
    const isFlinkAnswer = parseStatus(answer) === undefined && !(isText && answer.status >= 500);
    if (isFlinkAnswer) return { status: answer.status, body: answer.body };
    const options = { cause: answer.body };
    if (answer.status === 404)
      throw new Fault('not-found', `There is no Flink cluster ${clusterId} in namespace ${target.namespace}.`, options);
    if (answer.status < 500) throw toRefusal(answer, target);
    const message = `The JobManager of cluster ${clusterId} does not respond. Its pod may be starting, restarting or deleted. Retry later.`;
    throw new Fault('target-unreachable', message, { ...options, retryAfterSeconds: 2 });
  };
