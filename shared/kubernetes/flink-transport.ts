import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { getRestServiceName } from '#shared/flink/names.ts';
import type { Transport } from '#shared/flink/rest/transport/transport.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import type { Api } from '#shared/kubernetes/api/client.ts';
import { type Answer, parseStatus, transientStatuses } from '#shared/kubernetes/api/status.ts';

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
    const answer = await client.send({ maxAnswerBytes, ...request, path, repeatable, expected: expectedStatuses });
    const isText = typeof answer.body === 'string';
    const isFlinkAnswer = parseStatus(answer) === undefined && !(isText && answer.status >= 500);
    if (isFlinkAnswer) return { status: answer.status, body: answer.body };
    const options = { cause: answer.body };
    if (answer.status === 404)
      throw new Fault('not-found', `There is no Flink cluster ${clusterId} in namespace ${target.namespace}.`, options);
    if (answer.status < 500) throw toProxyRefusal(answer, clusterId, target);
    const message = `The JobManager of cluster ${clusterId} does not respond. Its pod may be starting, restarting or deleted. Retry later.`;
    throw new Fault('target-unreachable', message, { ...options, retryAfterSeconds: 2 });
  };

const maxRetryAfterSeconds = 60;

/**
 * A refusal with a Status object. A program on the cluster can answer with one as well, so its text is not shown as that of the
 * API server.
 */
const toProxyRefusal = (
  { status, body, retryAfterSeconds = 2 }: Answer,
  clusterId: string,
  { cluster, namespace }: NamedTarget,
): Fault => {
  const request = `A request to the JobManager of cluster ${clusterId} through EKS cluster ${cluster}`;
  if (status === 403)
    return new Fault(
      'target-refused',
      `${request} was refused. Grant the permission for services/proxy by a Role in namespace ${namespace} that is bound to the group of Drey's access entry.`,
      { reason: 'Forbidden', cause: body },
    );
  return transientStatuses.has(status)
    ? new Fault('target-unreachable', `${request} was answered with status ${status}. Retry later.`, {
        cause: body,
        retryAfterSeconds: Math.min(retryAfterSeconds, maxRetryAfterSeconds),
      })
    : new Fault(
        'target-refused',
        `${request} was answered with status ${status}, by the API server or by a program on the cluster.`,
        { cause: body },
      );
};
