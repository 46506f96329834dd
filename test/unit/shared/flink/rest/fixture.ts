import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { RestRequest, RestResponse, Transport } from '#shared/flink/rest/transport/transport.ts';

export const jobId = 'a'.repeat(32);

export type Routes = Readonly<Record<string, RestResponse>>;

/** Flink's REST API with these responses, by method and path. */
export const flinkWith = (routes: Routes) => {
  const requests: RestRequest[] = [];
  const transport: Transport = async (request) => {
    requests.push(request);
    const answer = routes[`${request.method} ${request.path}`];
    if (answer === undefined) throw new Error(`no answer to ${request.method} ${request.path}`);
    return answer;
  };
  return { rest: flinkRest(transport), requests };
};

export const ok = (body: unknown, status = 200): RestResponse => ({ status, body });
export const errors = (status: number, ...texts: readonly string[]): RestResponse => ({
  status,
  body: { errors: texts },
});
export const trace = (...lines: readonly string[]) =>
  lines.join('\n\tat org.apache.flink.Some.where(Some.java:114)\n\t... 2 more\n');
/** The texts of Flink 2.2.1, with fewer frames. */
export const couldNotExecute = [
  'org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.',
  'Caused by: java.util.concurrent.CompletionException: org.apache.flink.util.FlinkRuntimeException: Could not execute application.',
  'Caused by: org.apache.flink.util.FlinkRuntimeException: Could not execute application.',
];
export const onServer = (text: string) => `<Exception on server side:\n${text}\n\nEnd of exception on server side>`;

export const job = {
  jid: jobId,
  name: 'CarTopSpeedWindowingExample',
  state: 'RUNNING',
  'start-time': 1_795_471_834_406,
  'end-time': -1,
  duration: 4_994,
  'last-modification': 1_795_471_839_213,
  tasks: { running: 2, total: 2, failed: 0 },
  'pending-operators': 0,
};
