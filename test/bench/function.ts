/**
 * Calls the bundled function `deploy`, as Lambda does: once with the cluster id of the command line, or for each id that
 * the parent process sends.
 */
const [bundle = '', given] = process.argv.slice(2);

/** The result of one call, for the parent process. */
export interface Invoked {
  readonly wallMs: number;
  readonly status: number;
  readonly body: string;
}

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;
const { handler } = (await import(bundle)) as { handler: Handler };

const invoke = async (clusterId: string): Promise<Invoked> => {
  const route = 'POST /v1/targets/{target}/clusters';
  const event = {
    version: '2.0',
    routeKey: route,
    rawPath: '/v1/targets/local/clusters',
    headers: {},
    pathParameters: { target: 'local' },
    body: JSON.stringify({ mode: 'session', clusterId }),
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST', path: '/v1/targets/local/clusters' } },
  };
  const context = { functionName: 'bench', awsRequestId: clusterId, getRemainingTimeInMillis: () => 29_000 };
  const began = performance.now();
  const { statusCode, body } = await handler(event, context);
  return { wallMs: performance.now() - began, status: statusCode, body };
};

if (given === undefined) {
  process.on('message', async (clusterId) => process.send?.(await invoke(String(clusterId))));
} else {
  const { status, body } = await invoke(given);
  if (status !== 202) process.stderr.write(`${status} ${body}\n`);
  process.exit(status === 202 ? 0 : 1);
}
