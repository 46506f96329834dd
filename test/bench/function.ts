/**
 * Calls the bundled function `deploy` like Lambda: once for the cluster ID in the command line, or for each ID that the
 * parent process sends.
 */
import { pending } from './pending.ts';
import { watchRequests } from './waits.ts';

const [bundle = '', givenId] = process.argv.slice(2);

/** The message to the parent process about one call. */
export interface Invocation {
  readonly wallMs: number;
  /** The part in which only emulated AWS was waited for. */
  readonly awsMs: number;
  readonly status: number;
  readonly body: string;
}

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;
const { handler } = (await import(bundle)) as { handler: Handler };

const requests = watchRequests();

const invoke = async (clusterId: string): Promise<Invocation> => {
  const event = {
    version: '2.0',
    routeKey: 'POST /v1/targets/{target}/clusters',
    rawPath: '/v1/targets/local/clusters',
    headers: {},
    pathParameters: { target: 'local' },
    body: JSON.stringify({ mode: 'session', clusterId, config: pending }),
    isBase64Encoded: false,
    requestContext: {
      http: { method: 'POST', path: '/v1/targets/local/clusters' },
      authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:user/bench' } }, // The caller, as API Gateway reports it.
    },
  };
  const context = { functionName: 'bench', awsRequestId: clusterId, getRemainingTimeInMillis: () => 29_000 };
  requests.takeAwsMs(); // What the last call did after its answer does not count.
  const startMs = performance.now();
  const { statusCode, body } = await handler(event, context);
  return { wallMs: performance.now() - startMs, awsMs: requests.takeAwsMs(), status: statusCode, body };
};

if (givenId === undefined) {
  process.on('message', async (clusterId) => process.send?.(await invoke(String(clusterId))));
} else {
  const { status, body } = await invoke(givenId);
  if (status !== 202) process.stderr.write(`${status} ${body}\n`);
  process.exit(status === 202 ? 0 : 1);
}
